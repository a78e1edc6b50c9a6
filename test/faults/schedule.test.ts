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
    expect(new Set(ticks.flatMap(({ poison }) => poison.map(({ code }) => code))).size).toBeGreaterThanOrEqual(7);
  });
});
