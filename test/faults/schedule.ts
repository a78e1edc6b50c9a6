// Which fault comes when, at which point and to whom: a pure function of the seed, the tier and the length, so that a run can
// be repeated. What the processes are doing at that moment cannot be.
import { createSeededRandom, type SeededRandom } from '../../src/lib/seeded-random.ts';
import { NAMED_POINTS } from './proxy/named-points.ts';

export const FAULT_KINDS = [
  'worker-kill',
  'worker-term',
  'backend-kill',
  'database-kill',
  'broker-kill',
  'lost-commit-ack',
  'commit-cut',
  'database-cut',
  'database-silent',
  'database-slow',
  'broker-cut',
  'broker-silent',
  'broker-slow',
  'pause',
  'rebalance-storm',
  'pool-exhaustion',
  'clock-jump',
  'webhook-hostile',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface PlannedFault {
  /** From the beginning of its round. */
  readonly atMs: number;
  readonly kind: FaultKind;
  /** Names of workers. */
  readonly targets: readonly string[];
  /** Names of points, one per target. */
  readonly points: readonly string[];
  readonly count: number;
  readonly forMs: number;
  /** Of a clock: how far off; of a slow line: how long each chunk takes. */
  readonly amountMs: number;
}

export interface Round {
  /** Over only when everybody is back at work. */
  readonly isCalm: boolean;
  readonly lengthMs: number;
  readonly faults: readonly PlannedFault[];
}

const INGEST = ['ingest-1', 'ingest-2', 'ingest-3'] as const;
const ANY = [...INGEST, 'relay-1', 'api-1'] as const;
/** Whom a fault can strike; ingest where nothing is said. */
const REACH: Partial<Record<FaultKind, readonly string[]>> = {
  'database-cut': ANY,
  'database-silent': ANY,
  'database-slow': ANY,
  'broker-cut': [...INGEST, 'relay-1'],
  'broker-silent': [...INGEST, 'relay-1'],
  'broker-slow': [...INGEST, 'relay-1'],
  pause: ANY,
  'clock-jump': ANY,
};
const reachOf = (kind: FaultKind): readonly string[] => REACH[kind] ?? INGEST;
/** A group member that is silent for longer than this is put out. */
const LONGER_THAN_SESSION_MS = 9_000;

const one = <T>(items: readonly T[], random: SeededRandom): T => items[Math.floor(random() * items.length)] as T;

function some<T>(items: readonly T[], count: number, random: SeededRandom): T[] {
  const left = [...items];
  return Array.from(
    { length: Math.min(count, left.length) },
    () => left.splice(Math.floor(random() * left.length), 1)[0] as T,
  );
}

function fault(kind: FaultKind, atMs: number, given: Partial<PlannedFault> = {}): PlannedFault {
  return { kind, atMs: Math.round(atMs), targets: [], points: [], count: 1, forMs: 0, amountMs: 0, ...given };
}

function killOf(targets: readonly string[], atMs: number, random: SeededRandom): PlannedFault {
  const points = targets.map((target) => {
    const role = target.split('-')[0];
    return one(
      NAMED_POINTS.filter((point) => point.role === role),
      random,
    ).name;
  });
  return fault('worker-kill', atMs, { targets, points, count: targets.length });
}

/** Every kind that is no kill by itself, with its particulars. It strikes one of `reach`. */
function makeOther(kind: FaultKind, atMs: number, random: SeededRandom, reach = reachOf(kind)): PlannedFault {
  const targets = [one(reach, random)];
  switch (kind) {
    // All of them, one after the other.
    case 'worker-term':
      return fault(kind, atMs, { targets: ANY, count: ANY.length });
    case 'lost-commit-ack':
      return fault(kind, atMs, { targets, points: ['ingest.commit-unanswered'], count: 4 });
    case 'commit-cut':
      return fault(kind, atMs, { targets, points: ['ingest.before-commit'], count: 3 });
    case 'database-slow':
    case 'broker-slow':
      return fault(kind, atMs, { targets, forMs: 4_000, amountMs: 20 + Math.floor(random() * 180) });
    case 'pause':
      return fault(kind, atMs, { targets, forMs: LONGER_THAN_SESSION_MS });
    case 'rebalance-storm':
      return fault(kind, atMs, { count: 4, forMs: 1_200 });
    case 'clock-jump':
      return fault(kind, atMs, {
        targets,
        forMs: 12_000,
        amountMs: one([-3_600_000, 3_600_000, 86_400_000, -86_400_000], random),
      });
    case 'webhook-hostile':
      return fault(kind, atMs, { count: Math.floor(random() * 3), forMs: 4_000 });
    case 'worker-kill':
      return killOf(targets, atMs, random);
    case 'pool-exhaustion':
      return fault(kind, atMs, { forMs: 3_000 });
    default:
      return fault(kind, atMs, { targets, forMs: 1_000 + Math.floor(random() * 3_000) });
  }
}

const OTHERS: readonly FaultKind[] = [
  'database-cut',
  'database-silent',
  'database-slow',
  'broker-cut',
  'broker-silent',
  'broker-slow',
  'pause',
  'worker-term',
  'rebalance-storm',
  'pool-exhaustion',
  'clock-jump',
  'webhook-hostile',
  'commit-cut',
];

export const ROUND_MS = 18_000;

/** Every fourth round is calm, so that it can be told how long it takes to get back to work after one fault alone. */
const CALM_EVERY = 4;

export function planLongRound(seed: number, index: number): Round {
  const random = createSeededRandom(Math.imul(seed, 0x27d4eb2f) ^ index);
  const isCalm = index % CALM_EVERY === CALM_EVERY - 1;
  const faults = isCalm ? planCalm(Math.floor(index / CALM_EVERY), random) : planDense(index, random);
  return { isCalm, lengthMs: ROUND_MS, faults: sortByTime(faults) };
}

function planCalm(turn: number, random: SeededRandom): PlannedFault[] {
  const atMs = 2_000;
  if (turn % 3 === 0) return [killOf(some(INGEST, 2, random), atMs, random)];
  const kind = turn % 3 === 1 ? 'broker-kill' : random() < 0.7 ? 'database-kill' : 'backend-kill';
  return [fault(kind, atMs)];
}

/** Commits cut, several workers killed at once, a database and often a broker, and one fault of the others. */
function planDense(index: number, random: SeededRandom): PlannedFault[] {
  const cuts = INGEST.map((target, i) =>
    fault('lost-commit-ack', i * 300, {
      targets: [target],
      points: [random() < 0.85 ? 'ingest.commit-unanswered' : 'decision.commit-unanswered'],
      count: 4,
    }),
  );
  const faults = [
    ...cuts,
    killOf(some(INGEST, random() < 0.5 ? 3 : 2, random), 6_000 + random() * 1_000, random),
    killOf(['relay-1'], random() * 15_000, random),
    killOf(['api-1'], random() * 15_000, random),
    fault(random() < 0.6 ? 'backend-kill' : 'database-kill', 11_500 + random() * 4_000),
    makeOther(OTHERS[index % OTHERS.length] as FaultKind, 1_000 + random() * 8_000, random),
    cutElsewhere(4_500 + random() * 1_000, random),
  ];
  if (random() < 0.5) faults.push(fault('backend-kill', 2_500 + random() * 1_500));
  if (random() < 0.7) faults.push(fault('broker-kill', 7_500 + random() * 4_000));
  return faults;
}

/** An answer that the API or the relay does not get while it lives on. */
function cutElsewhere(atMs: number, random: SeededRandom): PlannedFault {
  const [target, point] = one(
    [
      ['api-1', 'api.commit-unanswered'],
      ['relay-1', 'relay.results-unanswered'],
    ] as const,
    random,
  );
  return fault('lost-commit-ack', atMs, { targets: [target], points: [point], count: 1 });
}

const QUICK_ROUND_MS = 10_000;

const isCut = (kind: FaultKind): boolean => kind === 'lost-commit-ack' || kind === 'commit-cut';

/** Every kind of fault at least once, spread over as many rounds as the time has room for. */
export function planQuickRounds(seed: number, kinds: readonly FaultKind[], seconds: number): Round[] {
  if (kinds.length === 0) return [];
  const random = createSeededRandom(Math.imul(seed, 0x165667b1));
  const rounds = Math.max(1, Math.round((seconds * 1000) / QUICK_ROUND_MS));
  const perRound = Math.max(1, Math.ceil(kinds.length / rounds));
  const order = some(kinds, kinds.length, random);
  return Array.from({ length: rounds }, (_, index) => {
    const own = Array.from({ length: perRound }, (_, i) => order[(index * perRound + i) % order.length] as FaultKind);
    // With only one or two kinds asked for, every round kills; else every other, or nobody would ever be at work.
    const victims = [...some(INGEST, 1 + Math.floor(random() * 2), random), one(['relay-1', 'api-1'], random)];
    const kills = kinds.includes('worker-kill') && (index % 2 === 0 || kinds.length < 3);
    const extra = kills ? [killOf(victims, 1_500 + random() * 2_000, random)] : [];
    // Commits are cut under one who lives: a fault on somebody who is dead or stands still anyway is none.
    const living = one(
      INGEST.filter((name) => !kills || !victims.includes(name)),
      random,
    );
    const faults = own.map((kind) => {
      const reach = isCut(kind) ? [living] : reachOf(kind).filter((name) => name !== living);
      return makeOther(kind, random() * 4_000, random, reach);
    });
    return { isCalm: false, lengthMs: QUICK_ROUND_MS, faults: sortByTime([...extra, ...faults]) };
  });
}

function sortByTime(faults: readonly PlannedFault[]): PlannedFault[] {
  return [...faults].sort((a, b) => a.atMs - b.atMs);
}
