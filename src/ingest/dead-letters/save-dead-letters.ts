// Writes the records of a batch that cannot be counted, once each, and announces them on the dead-letter topic where
// there is one.
import type { Queryable } from '../../db/index.ts';
import type { DeadLetterEvent } from '../../events/dead-letter-event.ts';
import { DEAD_LETTERS_TOPIC } from '../../events/topics.ts';
import type { MakeId } from '../../lib/ids.ts';
import { toStorableHeaders, toStorableText } from '../storable-text.ts';
import type { DeadLetterDraft } from './dead-letter-draft.ts';

export interface DeadLetterPlace {
  readonly consumerGroup: string;
  readonly topic: string;
  readonly partition: number;
  /** Is there a Kafka to announce them on? */
  readonly announce: boolean;
}

const MESSAGE_MAX = 1_000;
const ID_MAX = 200;

export async function saveDeadLetters(
  tx: Queryable,
  place: DeadLetterPlace,
  drafts: readonly DeadLetterDraft[],
  makeId: MakeId,
  nowMs: number,
): Promise<void> {
  if (drafts.length === 0) return;
  const events = drafts.map((draft) => toEvent(draft, place, makeId(), nowMs));
  await insertDeadLetters(tx, place, events, drafts, nowMs);
}

function toEvent(draft: DeadLetterDraft, place: DeadLetterPlace, deadLetterId: string, nowMs: number): DeadLetterEvent {
  return {
    deadLetterId,
    topic: place.topic,
    partition: place.partition,
    offset: draft.offset,
    consumerGroup: place.consumerGroup,
    code: draft.code,
    field: toStorableText(draft.field, ID_MAX),
    message: toStorableText(draft.message, MESSAGE_MAX),
    customerId: toStorable(draft.ids.customerId),
    eventSource: toStorable(draft.ids.source),
    eventId: toStorable(draft.ids.id),
    occurredAt: new Date(nowMs).toISOString(),
    // Headers may hold as much as the content: kept with it or not at all.
    headers: draft.original === null ? {} : toStorableHeaders(draft.headers),
    originalBase64: draft.original?.toString('base64') ?? null,
  };
}

function toStorable(text: string | null): string | null {
  return text === null ? null : toStorableText(text, ID_MAX);
}

async function insertDeadLetters(
  tx: Queryable,
  place: DeadLetterPlace,
  events: readonly DeadLetterEvent[],
  drafts: readonly DeadLetterDraft[],
  nowMs: number,
): Promise<void> {
  await tx.query({
    name: 'ingest-save-dead-letters',
    text: `
      with given as (
        select * from unnest(
          $4::uuid[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
          $12::bytea[], $13::text[], $14::bytea[]
        ) as given (dead_letter_id, record_offset, code, field, message, customer_id, event_source, event_id,
          original, headers, announcement)
      ), inserted as (
        insert into dead_letters (dead_letter_id, topic, partition, record_offset, consumer_group, code, field, message,
          customer_id, event_source, event_id, original, headers, occurred_at)
        select dead_letter_id, $2, $3, record_offset, $1, code, field, message,
          customer_id, event_source, event_id, original, headers::jsonb, $15::timestamptz
        from given
        on conflict (consumer_group, topic, partition, record_offset) do nothing
        returning dead_letter_id
      )
      insert into topic_outbox (topic, message_key, message_value)
      select $16, customer_id, announcement from given join inserted using (dead_letter_id) where $17::boolean`,
    values: [
      place.consumerGroup,
      place.topic,
      place.partition,
      events.map((event) => event.deadLetterId),
      events.map((event) => event.offset),
      events.map((event) => event.code),
      events.map((event) => event.field),
      events.map((event) => event.message),
      events.map((event) => event.customerId),
      events.map((event) => event.eventSource),
      events.map((event) => event.eventId),
      drafts.map((draft) => draft.original),
      events.map((event) => JSON.stringify(event.headers)),
      events.map((event) => Buffer.from(place.announce ? JSON.stringify(event) : '')),
      new Date(nowMs),
      DEAD_LETTERS_TOPIC,
      place.announce,
    ],
  });
}
