// The customer's inbox: everything that happened to the customer, in its order.
import type { Queryable } from '../db/index.ts';
import type { OutgoingType } from '../events/outgoing-event.ts';
import type { OutboxFacts } from './to-outgoing-event.ts';

export interface Notification extends OutboxFacts {
  readonly readAt: string | null;
}

export interface NotificationRow {
  readonly customer_id: string;
  readonly sequence: number;
  readonly event_id: string;
  readonly type: OutgoingType;
  readonly data: Record<string, unknown>;
  readonly occurred_at: Date;
  readonly read_at: Date | null;
}

export interface NotificationQuery {
  /** Only what came behind this sequence number, oldest first. */
  readonly afterSequence?: number | undefined;
  /** Only what came before this sequence number; with `newestFirst`, to page back in time. */
  readonly beforeSequence?: number | undefined;
  readonly newestFirst?: boolean | undefined;
  readonly limit: number;
}

export async function listNotifications(
  db: Queryable,
  customerId: string,
  query: NotificationQuery,
): Promise<Notification[]> {
  const after = query.afterSequence ?? 0;
  const before = query.beforeSequence ?? Number.MAX_SAFE_INTEGER;
  const load = query.newestFirst === true ? loadNewestFirst : loadOldestFirst;
  return (await load(db, customerId, after, before, query.limit)).map(toNotification);
}

async function loadOldestFirst(db: Queryable, customerId: string, after: number, before: number, limit: number) {
  const { rows } = await db.query<NotificationRow>(
    `select customer_id, sequence, event_id, type, data, occurred_at, read_at
     from outbox_events where customer_id = $1 and sequence > $2 and sequence < $3
     order by sequence limit $4`,
    [customerId, after, before, limit],
  );
  return rows;
}

async function loadNewestFirst(db: Queryable, customerId: string, after: number, before: number, limit: number) {
  const { rows } = await db.query<NotificationRow>(
    `select customer_id, sequence, event_id, type, data, occurred_at, read_at
     from outbox_events where customer_id = $1 and sequence > $2 and sequence < $3
     order by sequence desc limit $4`,
    [customerId, after, before, limit],
  );
  return rows;
}

export function toNotification(row: NotificationRow): Notification {
  return {
    customerId: row.customer_id,
    sequence: row.sequence,
    eventId: row.event_id,
    type: row.type,
    data: row.data,
    occurredAt: row.occurred_at.toISOString(),
    readAt: row.read_at?.toISOString() ?? null,
  };
}
