// What is new for each of many listeners, in one statement.
import type { Queryable } from '../db/index.ts';
import { type Notification, type NotificationRow, toNotification } from './load-notifications.ts';

export interface StreamPlace {
  readonly customerId: string;
  readonly afterSequence: number;
}

/** For each place, in order, up to `limitEach` events behind it, oldest first. */
export async function loadStreamEvents(
  db: Queryable,
  places: readonly StreamPlace[],
  limitEach: number,
): Promise<Notification[][]> {
  const { rows } = await db.query<NotificationRow & { place: number }>({
    name: 'notify-load-stream',
    text: `
      select p.place, e.customer_id, e.sequence, e.event_id, e.type, e.data, e.occurred_at, e.read_at
      from unnest($1::text[], $2::bigint[]) with ordinality as p (customer_id, after_sequence, place)
      cross join lateral (
        select * from outbox_events o
        where o.customer_id = p.customer_id and o.sequence > p.after_sequence
        order by o.sequence limit $3
      ) e
      order by p.place, e.sequence`,
    values: [places.map((place) => place.customerId), places.map((place) => place.afterSequence), limitEach],
  });
  const found: Notification[][] = places.map(() => []);
  for (const row of rows) found[row.place - 1]?.push(toNotification(row));
  return found;
}
