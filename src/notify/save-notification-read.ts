// Marks a notification as read by the customer. The first reading counts.
import type { Queryable } from '../db/index.ts';
import { type Notification, type NotificationRow, toNotification } from './load-notifications.ts';

/** Null when the customer has no such notification. */
export async function markNotificationRead(
  db: Queryable,
  customerId: string,
  sequence: number,
  nowMs: number,
): Promise<Notification | null> {
  const { rows } = await db.query<NotificationRow>(
    `update outbox_events set read_at = coalesce(read_at, $3) where customer_id = $1 and sequence = $2
     returning customer_id, sequence, event_id, type, data, occurred_at, read_at`,
    [customerId, sequence, new Date(nowMs)],
  );
  return rows[0] === undefined ? null : toNotification(rows[0]);
}
