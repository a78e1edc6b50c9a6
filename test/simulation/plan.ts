// What happens from outside in one simulated life, drawn from a seed: who sends what in which order, what officers ask,
// and which fault strikes when. A plan is plain data, so that a failing one can be made smaller and still be run.
import { partitionOf } from '../../src/events/partition-of.ts';
import type { InputTopic } from '../../src/events/topics.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/lib/clock.ts';
import { createSeededRandom, type SeededRandom } from '../../src/lib/seeded-random.ts';
import { sampleEvent } from '../support/sample-events.ts';

/** Two days behind a landmark of the decayed sums, so that late events lie before it. */
export const BEGIN_MS = Date.UTC(2026, 9, 12, 12, 20);
export const PARTITIONS = 2;

export interface PlannedCustomer {
  readonly customerId: string;
  readonly jurisdiction: string | null;
  /** Consents before the first event and never says otherwise. */
  readonly steady: boolean;
}

export const CUSTOMERS: readonly PlannedCustomer[] = [
  { customerId: 'ada', jurisdiction: null, steady: true },
  { customerId: 'bo', jurisdiction: 'BR', steady: true },
  { customerId: 'cy', jurisdiction: null, steady: false },
  { customerId: 'di', jurisdiction: 'US', steady: false },
  { customerId: 'eve', jurisdiction: 'DE', steady: false },
];

export interface PlannedSend {
  readonly topic: InputTopic;
  readonly partition: number;
  readonly value: string;
  readonly customerId: string;
  /** Same for all copies of an event; null for what nobody can read. */
  readonly eventId: string | null;
  readonly timeMs: number;
  /** The dead letter it must become. */
  readonly deadLetter: string | null;
}

export interface PlannedCall {
  readonly kind: 'decide' | 'freeze' | 'unfreeze' | 'set_limit';
  readonly customerId: string;
  readonly limitMinor: number;
}

export type FaultKind = 'crash' | 'lose_commit' | 'end_sessions' | 'pause' | 'rebalance' | 'skew' | 'jump';

export interface PlannedFault {
  readonly atStep: number;
  readonly kind: FaultKind;
  /** Taken modulo the processes that this kind of fault may strike. */
  readonly victim: number;
  readonly forSteps: number;
  readonly byMs: number;
}

/** What a customer comes with: the limit that an import brings along, and six statements. */
export interface PlannedPast {
  readonly customerId: string;
  readonly limitMinor: number;
  readonly statements: readonly {
    readonly closedAtMs: number;
    readonly balanceMinor: number;
    readonly paidMinor: number;
    readonly monthsPastDue: number;
  }[];
}

export interface Plan {
  readonly seed: number;
  readonly past: readonly PlannedPast[];
  readonly sends: readonly PlannedSend[];
  readonly calls: readonly PlannedCall[];
  readonly faults: readonly PlannedFault[];
}

interface Dice {
  readonly random: SeededRandom;
  below(n: number): number;
  chance(p: number): boolean;
  pick<T>(from: readonly T[]): T;
}

function createDice(seed: number): Dice {
  const random = createSeededRandom(seed);
  const below = (n: number) => Math.floor(random() * n);
  return {
    random,
    below,
    chance: (p) => random() < p,
    pick: (from) => from[below(from.length)] as (typeof from)[number],
  };
}

export function drawPlan(seed: number): Plan {
  const dice = createDice(seed);
  const past = CUSTOMERS.map(({ customerId }) => drawPast(dice, customerId));
  return { seed, past, sends: drawSends(dice), calls: drawCalls(dice), faults: drawFaults(dice) };
}

/** From careless to careful, so that risk lies on both sides of every line that a policy draws. */
function drawPast(dice: Dice, customerId: string): PlannedPast {
  const care = dice.random();
  const statements = Array.from({ length: 6 }, (_, index) => {
    const balanceMinor = 20_000 + dice.below(16) * 10_000;
    const isLate = dice.chance(0.5 - 0.5 * care);
    return {
      closedAtMs: BEGIN_MS - (6 - index) * 30 * DAY_MS,
      balanceMinor,
      paidMinor: isLate ? 0 : Math.round(balanceMinor * (dice.chance(care) ? 1 : 0.1)),
      monthsPastDue: isLate ? 1 : 0,
    };
  });
  return { customerId, limitMinor: 100_000 + dice.below(6) * 50_000, statements };
}

function drawSends(dice: Dice): PlannedSend[] {
  const moods = new Map(CUSTOMERS.map(({ customerId }) => [customerId, dice.pick([-0.9, -0.3, 0.9])]));
  const first = [
    ...Array.from({ length: 18 + dice.below(18) }, (_, i) => emotion(dice, i, moods)),
    ...Array.from({ length: 2 + dice.below(5) }, (_, i) => consent(dice, i)),
    ...Array.from({ length: 4 + dice.below(5) }, (_, i) => statement(dice, i)),
    ...Array.from({ length: dice.below(3) }, () => poison(dice)),
  ];
  const copies = first.filter(({ eventId }) => eventId !== null && dice.chance(0.3));
  const elsewhere = copies.map((send) => (dice.chance(0.3) ? { ...send, partition: 1 - send.partition } : send));
  return shuffle(dice, [...first.map((send) => misplaceSome(dice, send)), ...elsewhere]);
}

/** From a producer with another partitioner. */
function misplaceSome(dice: Dice, send: PlannedSend): PlannedSend {
  return send.deadLetter === null && dice.chance(0.15) ? { ...send, partition: 1 - send.partition } : send;
}

function shuffle<T>(dice: Dice, list: readonly T[]): T[] {
  return list
    .map((value) => ({ value, place: dice.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => value);
}

function sendOf(topic: InputTopic, customerId: string, timeMs: number, id: string, data: object): PlannedSend {
  const envelope = { subject: customerId, id, time: new Date(timeMs).toISOString() };
  const value = JSON.stringify({ ...sampleEvent(topic, envelope), data });
  const partition = partitionOf(customerId, PARTITIONS);
  return { topic, partition, value, customerId, eventId: `${topic} ${id}`, timeMs, deadLetter: null };
}

function emotion(dice: Dice, index: number, moods: ReadonlyMap<string, number>): PlannedSend {
  // Half of them from the one customer whose mood may act on the score by the pack, and who consents throughout.
  const { customerId } = dice.pick(dice.chance(0.5) ? CUSTOMERS.slice(0, 1) : CUSTOMERS);
  const age = dice.chance(0.06)
    ? 8 * DAY_MS
    : dice.chance(0.3)
      ? dice.below(6 * 24) * HOUR_MS
      : dice.below(90) * MINUTE_MS;
  const timeMs = BEGIN_MS - age;
  const mood = dice.chance(0.7) ? (moods.get(customerId) ?? 0) : 2 * dice.random() - 1;
  const data = {
    ...{ valence: mood, arousal: 2 * dice.random() - 1, confidence: 0.1 + 0.9 * dice.random(), source: 'self_report' },
    ...(dice.chance(0.6) ? { stress: mood < 0 ? 0.9 : dice.random() } : {}),
  };
  const send = sendOf('ecs.emotions.v1', customerId, timeMs, `mood-${index}`, data);
  return age > 7 * DAY_MS ? { ...send, deadLetter: 'too_late' } : send;
}

function consent(dice: Dice, index: number): PlannedSend {
  const { customerId } = dice.pick(CUSTOMERS.filter(({ steady }) => !steady));
  const consents = { emotions: dice.chance(0.6) };
  return sendOf('ecs.customers.v1', customerId, BEGIN_MS - dice.below(7 * 24) * HOUR_MS, `word-${index}`, { consents });
}

function statement(dice: Dice, index: number): PlannedSend {
  const { customerId } = dice.pick(CUSTOMERS);
  const closedAtMs = BEGIN_MS - HOUR_MS - index * DAY_MS;
  const isLate = dice.chance(0.3);
  const data = {
    closedAt: new Date(closedAtMs).toISOString(),
    currency: 'EUR',
    balanceMinor: isLate ? 160_000 : 60_000,
    minimumDueMinor: 2_500,
    paidMinor: isLate ? 0 : 60_000,
    monthsPastDue: isLate ? 2 : 0,
  };
  return sendOf('ecs.statements.v1', customerId, closedAtMs, `statement-${index}`, data);
}

function poison(dice: Dice): PlannedSend {
  const [value, deadLetter] = dice.pick([
    ['{', 'not_json'],
    ['{"specversion":"1.0"}', 'schema'],
    [JSON.stringify(sampleEvent('ecs.statements.v1')), 'wrong_topic'],
  ] as const);
  const partition = dice.below(PARTITIONS);
  return { topic: 'ecs.emotions.v1', partition, value, customerId: '', eventId: null, timeMs: 0, deadLetter };
}

function drawCalls(dice: Dice): PlannedCall[] {
  return Array.from({ length: dice.below(5) }, () => ({
    kind: dice.pick(['decide', 'decide', 'freeze', 'unfreeze', 'set_limit'] as const),
    customerId: dice.pick(CUSTOMERS).customerId,
    limitMinor: 100_000 + dice.below(20) * 10_000,
  }));
}

const FAULTS: readonly FaultKind[] = [
  'crash',
  'crash',
  'lose_commit',
  'end_sessions',
  'pause',
  'rebalance',
  'skew',
  'jump',
];

function drawFaults(dice: Dice): PlannedFault[] {
  const faults = Array.from({ length: dice.below(9) }, () => ({
    atStep: dice.below(700),
    kind: dice.pick(FAULTS),
    victim: dice.below(1_000),
    forSteps: 5 + dice.below(120),
    byMs: dice.pick([MINUTE_MS, HOUR_MS, DAY_MS]),
  }));
  return faults.sort((a, b) => a.atStep - b.atStep);
}
