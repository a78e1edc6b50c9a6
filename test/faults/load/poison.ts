// Records that must end as one dead letter each, with the cause that is expected, and must not hold up their partition.
import type { DeadLetterCode } from '../../../src/events/accepted-event.ts';
import { partitionOf } from '../../../src/events/partition-of.ts';
import type { InputTopic } from '../../../src/events/topics.ts';
import type { SeededRandom } from '../../../src/lib/seeded-random.ts';

export interface Poison {
  readonly topic: InputTopic;
  readonly code: DeadLetterCode;
  readonly id: string;
  readonly customerId: string;
  readonly partition: number;
  readonly value: string | null;
}

interface Place {
  readonly id: string;
  readonly customerId: string;
  readonly nowMs: number;
  readonly partitions: number;
  /** A transaction of this customer that was counted long ago. */
  readonly counted: { readonly id: string; readonly source: string };
}

/** What is otherwise than in a good event: fields of the envelope, of the data, or the text as a whole. */
interface Change {
  readonly event?: object;
  readonly data?: object;
  readonly text?: (good: string) => string | null;
}
type Kind = readonly [InputTopic, DeadLetterCode, Change];

const DAY_MS = 86_400_000;
const at = (ms: number) => new Date(ms).toISOString();
const FEELING = 'ecs.emotions.v1';
const MONEY = 'ecs.transactions.v1';

function listKinds({ nowMs, counted }: Place, random: SeededRandom): readonly Kind[] {
  return [
    [FEELING, 'not_json', { text: (good) => good.slice(0, -2) }],
    [MONEY, 'not_json', { text: () => null }],
    [MONEY, 'not_json', { text: (good) => good.replace('"EUR"', 'NaN') }],
    [FEELING, 'schema', { data: { valence: 7 } }],
    [FEELING, 'schema', { data: { source: 'tarot' } }],
    [FEELING, 'schema', { text: (good) => good.replace('"valence"', '"__proto__":{"admin":true},"valence"') }],
    [MONEY, 'schema', { data: { amountMinor: 0.5 } }],
    [MONEY, 'schema', { event: { data: nest(200) } }],
    [MONEY, 'too_large', { event: { traceparent: 'x'.repeat(70_000) } }],
    [MONEY, 'wrong_topic', { event: { type: 'ecs.emotion.v1' } }],
    // Two of them in one batch must differ from each other as well, or the second is a copy of the first.
    [MONEY, 'content_differs', { event: counted, data: { amountMinor: 20_000 + Math.floor(random() * 1e9) } }],
    [MONEY, 'wrong_currency', { data: { currency: 'XTS' } }],
    [FEELING, 'time_in_future', { event: { time: at(nowMs + DAY_MS) } }],
    [FEELING, 'too_late', { event: { time: at(nowMs - 9 * DAY_MS) } }],
    [FEELING, 'unknown_label', { event: { data: { label: 'zyzzyx', confidence: 1, source: 'text' } } }],
  ];
}

export function makePoison(place: Place, random: SeededRandom): Poison {
  const kinds = listKinds(place, random);
  const [topic, code, change] = kinds[Math.floor(random() * kinds.length)] as Kind;
  const good = makeGood(topic, place);
  const event = { ...good, data: { ...good.data, ...change.data }, ...change.event };
  const text = JSON.stringify(event);
  const value = change.text === undefined ? text : change.text(text);
  const { customerId } = place;
  const id = code === 'content_differs' ? place.counted.id : place.id;
  return { topic, code, id, customerId, partition: partitionOf(customerId, place.partitions), value };
}

function makeGood(topic: InputTopic, { id, customerId, nowMs }: Place) {
  const isMoney = topic === MONEY;
  const data = isMoney
    ? { type: 'purchase', amountMinor: 100, currency: 'EUR' }
    : { valence: 0, arousal: 0, confidence: 1, source: 'self_report' };
  const type = isMoney ? 'ecs.transaction.v1' : 'ecs.emotion.v1';
  return { specversion: '1.0', id, source: 'urn:poison', type, subject: customerId, time: at(nowMs), data };
}

function nest(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = { deeper: value };
  return value;
}
