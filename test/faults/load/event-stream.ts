// The events of a fault run as a pure function of seed, tick and the run's beginning: what is sent in each tenth of a second,
// by which road, with copies of earlier ticks, misplaced ones, late ones and poison among it.
import { partitionOf } from '../../../src/events/partition-of.ts';
import type { InputTopic } from '../../../src/events/topics.ts';
import { createSeededRandom, type SeededRandom } from '../../../src/lib/seeded-random.ts';
import { makePoison, type Poison } from './poison.ts';

export interface StreamPlan {
  readonly seed: number;
  /** Tick 0 happens here. */
  readonly startMs: number;
  readonly eventsPerSecond: number;
  readonly customers: number;
  readonly partitions: number;
}

/** How a record came to be sent, for the report. */
export type Origin = 'first' | 'near-copy' | 'hour-copy' | 'restart-copy' | 'road-copy' | 'misplaced-copy';

/** What the oracle has to know of an event's content. */
export type Facts =
  | readonly [valence: number, arousal: number, stress: number | null, confidence: number]
  | readonly [type: string, amountMinor: number]
  | readonly [closedAtMs: number, balanceMinor: number, paidMinor: number]
  | readonly [declaredIncomeMinor: number];

export interface StreamEvent {
  readonly topic: InputTopic;
  readonly id: string;
  readonly customerId: string;
  readonly timeMs: number;
  readonly facts: Facts;
  readonly value: string;
  /** Where it is put, which is not always where it belongs. */
  readonly partition: number;
  readonly origin: Origin;
}

export interface Tick {
  readonly kafka: readonly StreamEvent[];
  readonly http: readonly StreamEvent[];
  readonly poison: readonly Poison[];
}

export const TICK_MS = 100;
export const SOURCE = 'urn:faults';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const COPY_SHARE = 0.3;
const POISON_SHARE = 0.01;
const HTTP_SHARE = 0.12;
/** About as long as it takes until some process has been killed and started again. */
const RESTART_TICKS = 400;

export function tickTime({ startMs }: StreamPlan, tick: number): number {
  return startMs + tick * TICK_MS;
}

export function customerName(index: number): string {
  return `c-${String(index).padStart(5, '0')}`;
}

export function makeTick(plan: StreamPlan, tick: number): Tick {
  const random = randomOf(plan, tick, 2);
  const firsts = makeFirsts(plan, tick);
  const copies = makeCopies(plan, tick, random, Math.round((firsts.length * COPY_SHARE) / (1 - COPY_SHARE)));
  const kafka: StreamEvent[] = [];
  const http: StreamEvent[] = [];
  for (const event of [...firsts, ...copies]) {
    const isByHttp = event.origin === 'road-copy' || (event.origin === 'first' && random() < HTTP_SHARE);
    (isByHttp ? http : kafka).push(event);
  }
  return { kafka: shuffle(kafka, random), http, poison: makePoisonOf(plan, tick) };
}

/** Several generators a tick, so that copies can ask for a tick's first events without the rest of it. */
function randomOf({ seed }: StreamPlan, tick: number, stream: number): SeededRandom {
  return createSeededRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(tick * 8 + stream + 1, 0x85ebca6b));
}

function makeFirsts(plan: StreamPlan, tick: number): StreamEvent[] {
  if (tick < 0) return [];
  const random = randomOf(plan, tick, 1);
  const count = Math.round(plan.eventsPerSecond * (TICK_MS / 1000) * (1 - COPY_SHARE));
  return Array.from({ length: count }, (_, index) => makeFirst(plan, tick, index, random));
}

function makeFirst(plan: StreamPlan, tick: number, index: number, random: SeededRandom): StreamEvent {
  const customerId = customerName(Math.floor(random() ** 2 * plan.customers));
  const id = `e-${tick}-${index}`;
  const isLate = random() < 0.04;
  // An hour's shuffle; a week late is within the horizon of seven days.
  const timeMs = tickTime(plan, tick) - Math.floor(isLate ? 6 * DAY_MS + random() * 0.5 * DAY_MS : random() * HOUR_MS);
  const kind = random();
  const base = {
    customerId,
    id,
    timeMs,
    partition: partitionOf(customerId, plan.partitions),
    origin: 'first' as const,
  };
  if (kind < 0.55) return emotion(base, random, tick);
  if (kind < 0.7) return thought(base, random);
  if (kind < 0.98) return transaction(base, random);
  return kind < 0.99 ? statement(base, random) : profile(base, random);
}

type Base = Pick<StreamEvent, 'customerId' | 'id' | 'timeMs' | 'partition' | 'origin'>;

const thousandths = (value: number) => Math.round(value * 1000) / 1000;

export function emotion(base: Base, random: SeededRandom, tick: number): StreamEvent {
  const mood = 0.6 * Math.sin(tick / 300 + base.customerId.charCodeAt(base.customerId.length - 1));
  const valence = thousandths(Math.max(-1, Math.min(1, mood + random() - 0.5)));
  const arousal = thousandths(random() * 2 - 1);
  const stress = random() < 0.5 ? thousandths(random()) : null;
  const confidence = thousandths(0.1 + 0.9 * random());
  const data = { valence, arousal, ...(stress === null ? {} : { stress }), confidence, source: 'self_report' };
  return toEvent('ecs.emotions.v1', 'ecs.emotion.v1', base, data, [valence, arousal, stress, confidence]);
}

function thought(base: Base, random: SeededRandom): StreamEvent {
  const sentiment = thousandths(random() * 2 - 1);
  const confidence = thousandths(0.1 + 0.9 * random());
  const data = { topic: 'financial', sentiment, confidence };
  return toEvent('ecs.thoughts.v1', 'ecs.thought.v1', base, data, [sentiment, 0, null, confidence]);
}

function transaction(base: Base, random: SeededRandom): StreamEvent {
  const type = random() < 0.08 ? 'income' : random() < 0.75 ? 'purchase' : 'payment';
  const amountMinor = 100 + Math.floor(random() * 40_000);
  const data = { type, amountMinor, currency: 'EUR' };
  return toEvent('ecs.transactions.v1', 'ecs.transaction.v1', base, data, [type, amountMinor]);
}

/** Counted before the first fault, so that whoever sends its name with another content later is sure to come second. */
export const openingPurchaseId = (customerId: string) => `open-purchase-${customerId}`;

export function openingPurchase(base: Base): StreamEvent {
  const data = { type: 'purchase', amountMinor: 12_345, currency: 'EUR' };
  const named = { ...base, id: openingPurchaseId(base.customerId) };
  return toEvent('ecs.transactions.v1', 'ecs.transaction.v1', named, data, ['purchase', data.amountMinor]);
}

function statement(base: Base, random: SeededRandom): StreamEvent {
  return closedStatement(base, base.timeMs - Math.floor(random() * 30 * DAY_MS), Math.floor(random() * 80_000));
}

export function closedStatement(base: Base, closedAtMs: number, balanceMinor: number): StreamEvent {
  const data = {
    closedAt: new Date(closedAtMs).toISOString(),
    currency: 'EUR',
    balanceMinor,
    minimumDueMinor: Math.floor(balanceMinor / 20),
    paidMinor: Math.floor(balanceMinor / 4),
    monthsPastDue: 0,
  };
  return toEvent('ecs.statements.v1', 'ecs.statement.v1', base, data, [closedAtMs, balanceMinor, data.paidMinor]);
}

function profile(base: Base, random: SeededRandom): StreamEvent {
  return incomeOf(base, 150_000 + Math.floor(random() * 300_000));
}

/** `more`: whatever else the profile says. */
export function incomeOf(base: Base, declaredIncomeMinor: number, more: object = {}): StreamEvent {
  const data = { currency: 'EUR', declaredIncomeMinor, ...more };
  return toEvent('ecs.customers.v1', 'ecs.customer.v1', base, data, [declaredIncomeMinor]);
}

export function toEvent(topic: InputTopic, type: string, base: Base, data: object, facts: Facts): StreamEvent {
  const { id, customerId, timeMs } = base;
  const time = new Date(timeMs).toISOString();
  const value = JSON.stringify({ specversion: '1.0', id, source: SOURCE, type, subject: customerId, time, data });
  return { topic, facts, value, ...base };
}

function makeCopies(plan: StreamPlan, tick: number, random: SeededRandom, count: number): StreamEvent[] {
  const copies: StreamEvent[] = [];
  for (let i = 0; i < count; i++) {
    const origin = chooseOrigin(random());
    const back = origin === 'near-copy' ? Math.floor(random() * 5) : Math.floor(RESTART_TICKS * (0.5 + random()));
    // Right after the beginning there is nothing that old yet: then it is a near copy of what there is.
    const firsts = makeFirsts(plan, Math.max(0, tick - back));
    const fitting = origin === 'hour-copy' ? firsts.filter((event) => isAnHourOld(plan, tick, event)) : firsts;
    const first = fitting[Math.floor(random() * fitting.length)];
    if (first === undefined) continue;
    const isMisplaced = origin === 'misplaced-copy';
    const partition = isMisplaced ? (first.partition + 1) % plan.partitions : first.partition;
    copies.push({ ...first, origin, partition });
  }
  return copies;
}

/** Its hour is over, and so is the hour behind it nearly: the fingerprints it must be found among are not the newest. */
function isAnHourOld(plan: StreamPlan, tick: number, { timeMs }: StreamEvent): boolean {
  return tickTime(plan, tick) - timeMs > 0.8 * HOUR_MS;
}

function chooseOrigin(roll: number): Origin {
  if (roll < 0.4) return 'near-copy';
  if (roll < 0.55) return 'hour-copy';
  if (roll < 0.75) return 'restart-copy';
  return roll < 0.9 ? 'road-copy' : 'misplaced-copy';
}

function makePoisonOf(plan: StreamPlan, tick: number): Poison[] {
  const random = randomOf(plan, tick, 3);
  const wanted = plan.eventsPerSecond * (TICK_MS / 1000) * POISON_SHARE;
  const count = Math.floor(wanted) + (random() < wanted % 1 ? 1 : 0);
  return Array.from({ length: count }, (_, index) => {
    const customerId = customerName(Math.floor(random() * plan.customers));
    const counted = { id: openingPurchaseId(customerId), source: SOURCE };
    const nowMs = tickTime(plan, tick);
    return makePoison({ id: `p-${tick}-${index}`, customerId, nowMs, partitions: plan.partitions, counted }, random);
  });
}

function shuffle<T>(items: T[], random: SeededRandom): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j] as T, items[i] as T];
  }
  return items;
}
