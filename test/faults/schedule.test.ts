import { makeTick, type StreamPlan } from './load/event-stream.ts';
import { NAMED_POINTS } from './proxy/named-points.ts';
import { FAULT_KINDS, planLongRound, planQuickRounds } from './schedule.ts';

const rounds = (seed: number, count: number) => Array.from({ length: count }, (_, index) => planLongRound(seed, index));

test('the same seed gives the same faults, another seed others', () => {
  expect(rounds(7, 50)).toEqual(rounds(7, 50));
  expect(rounds(7, 5)).not.toEqual(rounds(8, 5));
  expect(planQuickRounds(7, FAULT_KINDS, 60)).toEqual(planQuickRounds(7, FAULT_KINDS, 60));
});

test('the quick tier has every kind, whatever the seed', () => {
  for (let seed = 0; seed < 50; seed++) {
    const kinds = planQuickRounds(seed, FAULT_KINDS, 60).flatMap(({ faults }) => faults.map(({ kind }) => kind));
    expect(new Set(kinds)).toEqual(new Set(FAULT_KINDS));
  }
});

test('an hour of the long tier is dense enough, comes to every named point, and has every kind', () => {
  // An hour has room for 180 rounds beside the checks.
  const faults = rounds(11, 180).flatMap((round) => round.faults);
  const count = (...kinds: string[]) =>
    faults.filter(({ kind }) => kinds.includes(kind)).reduce((sum, fault) => sum + fault.count, 0);
  expect(count('worker-kill')).toBeGreaterThan(500);
  expect(count('database-kill', 'backend-kill')).toBeGreaterThan(200);
  expect(count('broker-kill')).toBeGreaterThan(100);
  expect(count('lost-commit-ack')).toBeGreaterThan(1_000);
  expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(FAULT_KINDS));
  expect(new Set(faults.filter(({ kind }) => kind === 'worker-kill').flatMap(({ points }) => points))).toEqual(
    new Set(NAMED_POINTS.map(({ name }) => name)),
  );
});

test('a fault strikes hard enough to be one, whatever the seed', () => {
  const faults = [1, 2, 3].flatMap((seed) => [
    ...rounds(seed, 60).flatMap((round) => round.faults),
    ...planQuickRounds(seed, FAULT_KINDS, 60).flatMap((round) => round.faults),
  ]);
  const of = (kind: string) => faults.filter((fault) => fault.kind === kind);
  // A member of the group is put out after six seconds.
  expect(of('pause').every(({ forMs }) => forMs > 6_000)).toBe(true);
  expect(of('clock-jump').every(({ amountMs }) => Math.abs(amountMs) >= 3_600_000)).toBe(true);
  expect(of('rebalance-storm').every(({ count, forMs }) => count >= 3 && forMs > 0)).toBe(true);
  for (const kind of ['database-slow', 'broker-slow'])
    expect(of(kind).every(({ amountMs, forMs }) => amountMs >= 20 && forMs >= 1_000)).toBe(true);
  for (const kind of ['database-cut', 'database-silent', 'broker-cut', 'broker-silent'])
    expect(of(kind).every(({ forMs }) => forMs >= 1_000)).toBe(true);
  expect(of('worker-term').every(({ targets }) => targets.length === 5)).toBe(true);
  const struck = (kind: string) => new Set(of(kind).flatMap(({ targets }) => targets));
  for (const kind of ['pause', 'database-cut', 'lost-commit-ack']) expect(struck(kind)).toContain('api-1');
  for (const kind of ['pause', 'broker-silent', 'lost-commit-ack']) expect(struck(kind)).toContain('relay-1');
});

test('in a quick round commits are cut where somebody lives, whatever the seed', () => {
  for (let seed = 0; seed < 300; seed++) {
    for (const { faults } of planQuickRounds(seed, FAULT_KINDS, 60)) {
      const gone = new Set(
        faults.filter(({ kind }) => kind === 'worker-kill' || kind === 'pause').flatMap(({ targets }) => targets),
      );
      const cut = faults.filter(({ kind }) => kind === 'lost-commit-ack' || kind === 'commit-cut');
      for (const { targets } of cut) expect(targets.some((name) => gone.has(name))).toBe(false);
    }
  }
});

describe('the events', () => {
  const plan: StreamPlan = { seed: 3, startMs: 1_795_000_000_000, eventsPerSecond: 300, customers: 300, partitions: 4 };

  test('are a function of seed and tick', () => {
    expect(makeTick(plan, 500)).toEqual(makeTick(plan, 500));
    expect(makeTick(plan, 500)).not.toEqual(makeTick({ ...plan, seed: 4 }, 500));
  });

  test('three in ten are copies, one in a hundred is poison, some lie on a foreign partition, some are days late', () => {
    const ticks = Array.from({ length: 300 }, (_, i) => makeTick(plan, 700 + i));
    const events = ticks.flatMap(({ kafka, http }) => [...kafka, ...http]);
    const share = (found: readonly unknown[]) => found.length / events.length;
    expect(share(events.filter(({ origin }) => origin !== 'first'))).toBeCloseTo(0.3, 1);
    expect(share(ticks.flatMap(({ poison }) => poison))).toBeCloseTo(0.01, 2);
    expect(new Set(events.map(({ origin }) => origin)).size).toBe(6);
    expect(share(events.filter(({ timeMs }) => timeMs < plan.startMs - 86_400_000))).toBeGreaterThan(0.02);
    // Within the hour in any order: what comes first need not have happened first.
    const firsts = events.filter(({ origin, timeMs }) => origin === 'first' && timeMs > plan.startMs - 86_400_000);
    const ages = firsts.map(({ id, timeMs }) => plan.startMs + Number(id.split('-')[1]) * 100 - timeMs);
    expect(Math.min(...ages)).toBeLessThan(60_000);
    expect(Math.max(...ages)).toBeGreaterThan(3_500_000);
    expect(Math.max(...ages)).toBeLessThanOrEqual(3_600_000);
    expect(new Set(ticks.flatMap(({ poison }) => poison.map(({ code }) => code))).size).toBeGreaterThanOrEqual(7);
  });

  test('copies come when they are said to come', () => {
    for (let tick = 700; tick < 800; tick++) {
      const { kafka, http } = makeTick(plan, tick);
      for (const { origin, id, timeMs } of [...kafka, ...http]) {
        const ticksLater = tick - Number(id.split('-')[1]);
        if (origin === 'first') expect(ticksLater).toBe(0);
        else if (origin === 'near-copy') expect(ticksLater).toBeLessThan(5);
        else expect(ticksLater).toBeGreaterThanOrEqual(200);
        if (origin === 'hour-copy') expect(plan.startMs + tick * 100 - timeMs).toBeGreaterThan(2_880_000);
      }
    }
  });
});
