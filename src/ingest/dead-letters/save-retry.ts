// Puts the originals of dead letters back on their way, through the topic outbox: on Kafka onto their topic, without Kafka
// into the HTTP road. If they are wrong still, they come back as new dead letters.
import type { Queryable } from '../../db/index.ts';
import type { DeadLetterFilter } from './load-dead-letters.ts';

const RETRY = `
  , marked as (
    update dead_letters d set retried_at = $1 from chosen where d.dead_letter_id = chosen.dead_letter_id
    returning d.topic, d.customer_id, d.original, d.headers, d.occurred_at, d.record_offset
  ), appended as (
    insert into topic_outbox (topic, message_key, message_value, headers)
    select topic, customer_id, original, coalesce(headers, '{}') from marked order by occurred_at, record_offset
    returning 1
  )
  select count(*) as retried from appended`;

/** How many were put back: 0 where there is no such dead letter, or its original was not kept. */
export async function retryDeadLetter(db: Queryable, deadLetterId: string, nowMs: number): Promise<number> {
  const { rows } = await db.query<{ retried: number }>(
    `with chosen as (
       select dead_letter_id from dead_letters where dead_letter_id = $2 and original is not null for update
     ) ${RETRY}`,
    [new Date(nowMs), deadLetterId],
  );
  return rows[0]?.retried ?? 0;
}

/** The oldest that were not retried yet, at most `limit`. */
export async function retryDeadLetters(
  db: Queryable,
  { topic, code }: DeadLetterFilter,
  limit: number,
  nowMs: number,
): Promise<number> {
  const { rows } = await db.query<{ retried: number }>(
    `with chosen as (
       select dead_letter_id from dead_letters
       where retried_at is null and original is not null
         and ($2::text is null or topic = $2) and ($3::text is null or code = $3)
       order by occurred_at, dead_letter_id limit $4
       for update skip locked
     ) ${RETRY}`,
    [new Date(nowMs), topic, code, limit],
  );
  return rows[0]?.retried ?? 0;
}
