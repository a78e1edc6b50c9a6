// Puts dead letters back into their lines. A redelivered event comes behind later ones of its customer; its id and its
// sequence number, which never change, tell the receiver so.
import type { Queryable } from '../db/index.ts';

export interface RedeliveryFilter {
  readonly customerId?: string | undefined;
  readonly sequence?: number | undefined;
}

/**
 * Gives the number of dead letters put back, with a fresh retry budget. `destination` is `webhookDestination(id)` or
 * `kafka`; a webhook that is not enabled takes none.
 */
export async function redeliver(db: Queryable, destination: string, filter: RedeliveryFilter = {}): Promise<number> {
  const { rowCount } = await db.query(
    `update deliveries
     set state = 'pending', attempts = 0, next_attempt_at = now(), queued_at = now()
     where destination = $1 and state = 'dead'
       and ($2::text is null or customer_id = $2) and ($3::bigint is null or sequence = $3)
       and (destination = 'kafka'
            or exists (select from webhooks where state = 'enabled' and 'webhook:' || webhook_id = $1))`,
    [destination, filter.customerId ?? null, filter.sequence ?? null],
  );
  return rowCount ?? 0;
}
