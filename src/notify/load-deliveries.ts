// Lists what became of events at a destination: the attempts list of a webhook, and its dead letters.
import type { Queryable } from '../db/index.ts';
import type { OutgoingType } from '../events/outgoing-event.ts';

export type DeliveryState = 'pending' | 'delivered' | 'dead';

export interface DeliveryView {
  readonly customerId: string;
  readonly sequence: number;
  readonly eventId: string;
  readonly type: OutgoingType;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly queuedAt: string;
  /** Null unless it is pending. */
  readonly nextAttemptAt: string | null;
  readonly deliveredAt: string | null;
}

export interface DeliveryQuery {
  readonly state: DeliveryState;
  /** Goes on behind this one. */
  readonly after?: { readonly customerId: string; readonly sequence: number } | undefined;
  readonly limit: number;
}

interface DeliveryRow {
  readonly customer_id: string;
  readonly sequence: number;
  readonly event_id: string;
  readonly type: OutgoingType;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly last_error: string | null;
  readonly queued_at: Date;
  readonly next_attempt_at: Date;
  readonly delivered_at: Date | null;
}

/** In the order of customer id and sequence. `destination` is `webhookDestination(id)` or `kafka`. */
export async function listDeliveries(
  db: Queryable,
  destination: string,
  query: DeliveryQuery,
): Promise<DeliveryView[]> {
  const { rows } = await db.query<DeliveryRow>(
    `select d.customer_id, d.sequence, e.event_id, e.type, d.state, d.attempts, d.last_error, d.queued_at,
            d.next_attempt_at, d.delivered_at
     from deliveries d join outbox_events e using (customer_id, sequence)
     where d.destination = $1 and d.state = $2 and (d.customer_id, d.sequence) > ($3, $4)
     order by d.customer_id, d.sequence
     limit $5`,
    [destination, query.state, query.after?.customerId ?? '', query.after?.sequence ?? 0, query.limit],
  );
  return rows.map(toView);
}

function toView(row: DeliveryRow): DeliveryView {
  return {
    customerId: row.customer_id,
    sequence: row.sequence,
    eventId: row.event_id,
    type: row.type,
    state: row.state,
    attempts: row.attempts,
    lastError: row.last_error,
    queuedAt: row.queued_at.toISOString(),
    nextAttemptAt: row.state === 'pending' ? row.next_attempt_at.toISOString() : null,
    deliveredAt: row.delivered_at?.toISOString() ?? null,
  };
}
