// The dead letters as people see them: newest first, page by page, one by one, and counted.
import type { Queryable } from '../../db/index.ts';
import type { DeadLetterCode } from '../../events/accepted-event.ts';
import type { DeadLetterRow } from './dead-letter.ts';
import { type DeadLetter, toDeadLetter } from './dead-letter.ts';

export interface DeadLetterFilter {
  readonly topic?: string | undefined;
  readonly code?: string | undefined;
}

/** Where a page begins: behind this dead letter. */
export interface DeadLetterPlace {
  readonly occurredAt: string;
  readonly deadLetterId: string;
}

const COLUMNS = `dead_letter_id, topic, partition, record_offset, consumer_group, code, field, message,
  customer_id, event_source, event_id, original, headers, occurred_at, retried_at`;

export async function loadDeadLetters(
  db: Queryable,
  { topic, code }: DeadLetterFilter,
  after: DeadLetterPlace | null,
  limit: number,
): Promise<DeadLetter[]> {
  const { rows } = await db.query<DeadLetterRow>(
    `select ${COLUMNS} from dead_letters
     where ($1::text is null or topic = $1) and ($2::text is null or code = $2)
       and ($3::timestamptz is null or (occurred_at, dead_letter_id) < ($3, $4::uuid))
     order by occurred_at desc, dead_letter_id desc
     limit $5`,
    [topic, code, after?.occurredAt, after?.deadLetterId, limit],
  );
  return rows.map(toDeadLetter);
}

export async function loadDeadLetter(db: Queryable, deadLetterId: string): Promise<DeadLetter | null> {
  const { rows } = await db.query<DeadLetterRow>(`select ${COLUMNS} from dead_letters where dead_letter_id = $1`, [
    deadLetterId,
  ]);
  return rows[0] === undefined ? null : toDeadLetter(rows[0]);
}

export interface DeadLetterCount {
  readonly topic: string;
  readonly code: DeadLetterCode;
  readonly total: number;
  /** Not retried yet. */
  readonly waiting: number;
}

export async function loadDeadLetterCounts(db: Queryable): Promise<DeadLetterCount[]> {
  const { rows } = await db.query<DeadLetterCount>(
    `select topic, code, count(*) as total, count(*) filter (where retried_at is null) as waiting
     from dead_letters group by topic, code order by topic, code`,
  );
  return rows;
}
