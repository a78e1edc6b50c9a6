// A dead letter as it is shown.
import type { DeadLetterCode } from '../../events/accepted-event.ts';

export interface DeadLetter {
  readonly deadLetterId: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly consumerGroup: string;
  readonly code: DeadLetterCode;
  readonly field: string;
  readonly message: string;
  readonly customerId: string | null;
  readonly eventSource: string | null;
  readonly eventId: string | null;
  /** The record as text; null where the content was not kept, so that it cannot be retried either. */
  readonly original: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly occurredAt: string;
  readonly retriedAt: string | null;
}

export interface DeadLetterRow {
  readonly dead_letter_id: string;
  readonly topic: string;
  readonly partition: number;
  readonly record_offset: number;
  readonly consumer_group: string;
  readonly code: DeadLetterCode;
  readonly field: string;
  readonly message: string;
  readonly customer_id: string | null;
  readonly event_source: string | null;
  readonly event_id: string | null;
  readonly original: Buffer | null;
  readonly headers: Record<string, string> | null;
  readonly occurred_at: Date;
  readonly retried_at: Date | null;
}

export function toDeadLetter(row: DeadLetterRow): DeadLetter {
  return {
    deadLetterId: row.dead_letter_id,
    topic: row.topic,
    partition: row.partition,
    offset: row.record_offset,
    consumerGroup: row.consumer_group,
    code: row.code,
    field: row.field,
    message: row.message,
    customerId: row.customer_id,
    eventSource: row.event_source,
    eventId: row.event_id,
    original: row.original?.toString('utf8') ?? null,
    headers: row.headers ?? {},
    occurredAt: row.occurred_at.toISOString(),
    retriedAt: row.retried_at?.toISOString() ?? null,
  };
}
