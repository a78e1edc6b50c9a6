// Sorts the records of a batch, before any transaction is opened, into events to fold, dead letters, and events that stand
// in another customer's partition. Pure.
import type { AcceptedEvent, DeadLetterCode } from '../events/accepted-event.ts';
import type { InputEvent } from '../events/check-event.ts';
import { checkTimes, hasHorizon, tooLate } from '../events/check-times.ts';
import { type EventIds, NO_IDS, parseEvent } from '../events/parse-event.ts';
import { partitionOf } from '../events/partition-of.ts';
import type { InputTopic } from '../events/topics.ts';
import { type DeadLetterDraft, mayKeepOriginal } from './dead-letters/dead-letter-draft.ts';
import { hourOf } from './hours.ts';
import type { IncomingRecord } from './incoming.ts';

export interface SiftRules {
  readonly topic: InputTopic;
  readonly partition: number;
  readonly partitions: number;
  readonly horizonMs: number;
  readonly nowMs: number;
  /** Hours before this one have lost their fingerprints: a copy could not be told from a first one. */
  readonly fingerprintsFromHour: number;
}

export interface MisplacedRecord {
  readonly customerId: string;
  readonly record: IncomingRecord;
}

export interface SiftedRecords {
  readonly events: readonly AcceptedEvent<InputEvent>[];
  readonly deadLetters: readonly DeadLetterDraft[];
  readonly misplaced: readonly MisplacedRecord[];
  /** The newest acceptance among the records; -Infinity for none. */
  readonly acceptedAtMs: number;
}

const UNREADABLE = {
  ok: false,
  code: 'decompression_failed',
  field: '',
  message: 'stands in a compressed batch that cannot be read, or that grows too large',
  ids: NO_IDS,
} as const;

export function siftRecords(records: readonly IncomingRecord[], rules: SiftRules): SiftedRecords {
  const events: AcceptedEvent<InputEvent>[] = [];
  const deadLetters: DeadLetterDraft[] = [];
  const misplaced: MisplacedRecord[] = [];
  let newestMs = Number.NEGATIVE_INFINITY;
  for (const record of records) {
    const acceptedAtMs = readAcceptedAt(record, rules.nowMs);
    if (acceptedAtMs > newestMs) newestMs = acceptedAtMs;
    const parsed = record.unreadable === true ? UNREADABLE : parseEvent(rules.topic, record.value, record.headers);
    if (!parsed.ok) {
      deadLetters.push(draftDeadLetter(rules.topic, record, parsed));
      continue;
    }
    const { event, timeMs } = parsed;
    if (partitionOf(event.subject, rules.partitions) !== rules.partition) {
      misplaced.push({ customerId: event.subject, record });
      continue;
    }
    const problem = checkTimes(event, timeMs, acceptedAtMs, rules.horizonMs) ?? checkHour(event, timeMs, rules);
    if (problem !== null) deadLetters.push(draftDeadLetter(rules.topic, record, { ...problem, ids: idsOf(event) }));
    else events.push({ event, offset: record.offset, timeMs, acceptedAtMs });
  }
  return { events, deadLetters, misplaced, acceptedAtMs: newestMs };
}

/**
 * The record time of a topic that does not stamp records itself is the producer's word: one that lies ahead of our clock
 * must not drop the fingerprints of a whole partition, and one that is missing counts as now.
 */
function readAcceptedAt({ acceptedAtMs }: IncomingRecord, nowMs: number): number {
  return acceptedAtMs > 0 && acceptedAtMs < nowMs ? acceptedAtMs : nowMs;
}

function checkHour(event: InputEvent, timeMs: number, rules: SiftRules) {
  return hasHorizon(event.type) && hourOf(timeMs) < rules.fingerprintsFromHour ? tooLate(rules.horizonMs) : null;
}

export function idsOf({ subject, source, id }: InputEvent): EventIds {
  return { customerId: subject, source, id };
}

export interface BrokenRule {
  readonly code: DeadLetterCode;
  readonly field: string;
  readonly message: string;
  readonly ids: EventIds;
}

export function draftDeadLetter(topic: InputTopic, record: IncomingRecord, rule: BrokenRule): DeadLetterDraft {
  const { offset, headers, value } = record;
  const { code, field, message, ids } = rule;
  return { offset, code, field, message, ids, headers, original: mayKeepOriginal(topic, code) ? value : null };
}
