// The one transaction of a batch: offset first (it is the lock and the guard), then the fold, then what has to be kept
// about it. Whoever opens the transaction learns only from its commit that any of it happened.
import type { Queryable } from '../db/index.ts';
import type { AcceptedEvent, FoldResult } from '../events/accepted-event.ts';
import type { InputEvent } from '../events/check-event.ts';
import type { KafkaMessage } from '../events/kafka-client.ts';
import type { InputTopic } from '../events/topics.ts';
import { assert } from '../lib/assert.ts';
import type { MakeId } from '../lib/ids.ts';
import { appendTopicOutbox } from './append-topic-outbox.ts';
import { type DeadLetterDraft, isMoneyTopic } from './dead-letters/dead-letter-draft.ts';
import { saveDeadLetters } from './dead-letters/save-dead-letters.ts';
import { type FirstCopies, packCounted } from './duplicates/drop-duplicates.ts';
import { PRUNED_AT_ONCE, pruneFingerprints, saveFingerprints } from './duplicates/save-fingerprints.ts';
import type { IncomingRecord, IngestBatch, IngestHandlers, TopicHandler } from './incoming.ts';
import { saveOffset } from './save-offset.ts';
import { draftDeadLetter, idsOf, type SiftedRecords } from './sift-records.ts';

export interface BatchRules {
  readonly handlers: IngestHandlers;
  readonly consumerGroup: string;
  /** Announce dead letters on their topic: there is a Kafka. */
  readonly deadLetterTopic: boolean;
  readonly makeId: MakeId;
}

export interface BatchPlan {
  readonly batch: IngestBatch;
  readonly ownerEpoch: number;
  readonly sifted: SiftedRecords;
  readonly copies: FirstCopies;
  readonly nowMs: number;
  /** The watermark after this batch; -Infinity for money, which needs no fingerprints. */
  readonly fingerprintsFromHour: number;
  /** Up to here nothing is left to prune. */
  readonly prunedHour: number;
}

export interface WrittenBatch {
  readonly result: FoldResult;
  readonly deadLetters: readonly DeadLetterDraft[];
  /** Hour -> fingerprints of what was counted. */
  readonly packed: ReadonlyMap<number, Buffer>;
  readonly prunedHour: number;
}

const NOTHING_FOLDED: FoldResult = { counted: [], rejections: [], dropped: {} };

export async function writeBatch(tx: Queryable, rules: BatchRules, plan: BatchPlan): Promise<WrittenBatch> {
  const { batch, sifted, copies, nowMs } = plan;
  const { topic, partition } = batch;
  const { consumerGroup, makeId, deadLetterTopic } = rules;
  await saveOffset(tx, batch, { ...plan, consumerGroup, misplaced: plan.sifted.misplaced.length });
  const result = await fold(tx, rules.handlers, topic, copies.events, nowMs);
  const packed = isMoneyTopic(topic) ? new Map<number, Buffer>() : packCounted(copies, result.counted);
  await saveFingerprints(tx, topic, partition, packed, makeId);
  const deadLetters = [...sifted.deadLetters, ...draftRejections(batch, copies.events, result)];
  const place = { consumerGroup, topic, partition, announce: deadLetterTopic };
  await saveDeadLetters(tx, place, deadLetters, makeId, nowMs);
  await appendTopicOutbox(
    tx,
    sifted.misplaced.map(({ customerId, record }) => toMessage(topic, customerId, record)),
  );
  return { result, deadLetters, packed, prunedHour: await prune(tx, plan) };
}

async function fold(
  tx: Queryable,
  handlers: IngestHandlers,
  topic: InputTopic,
  events: readonly AcceptedEvent<InputEvent>[],
  nowMs: number,
): Promise<FoldResult> {
  if (events.length === 0) return NOTHING_FOLDED;
  // Every event was checked against this topic's schema, which the compiler cannot follow.
  const handle = handlers[topic] as unknown as TopicHandler<InputEvent>;
  const result = await handle(tx, events, nowMs);
  assert(result.counted.length === events.length, `the handler of ${topic} must say of every event whether it counted`);
  return result;
}

async function prune(tx: Queryable, { batch, fingerprintsFromHour, prunedHour }: BatchPlan): Promise<number> {
  if (fingerprintsFromHour <= prunedHour) return prunedHour;
  const pruned = await pruneFingerprints(tx, batch.topic, batch.partition, fingerprintsFromHour);
  return pruned < PRUNED_AT_ONCE ? fingerprintsFromHour : prunedHour;
}

function draftRejections(
  batch: IngestBatch,
  events: readonly AcceptedEvent<InputEvent>[],
  { rejections }: FoldResult,
): DeadLetterDraft[] {
  if (rejections.length === 0) return [];
  const records = new Map(batch.records.map((record) => [record.offset, record]));
  const byOffset = new Map(events.map(({ offset, event }) => [offset, event]));
  return rejections.map((rejection) => {
    const record = records.get(rejection.offset);
    const event = byOffset.get(rejection.offset);
    assert(record !== undefined && event !== undefined, 'a handler rejects only events it was given');
    return draftDeadLetter(batch.topic, record, { ...rejection, ids: idsOf(event) });
  });
}

function toMessage(topic: InputTopic, customerId: string, record: IncomingRecord): KafkaMessage {
  assert(record.value !== null, 'an event that could be read has a value');
  return { topic, key: customerId, value: record.value, headers: record.headers };
}
