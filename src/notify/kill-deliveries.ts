// Ends what is pending at a destination as dead letters: listed, and redeliverable where the destination lives again.
import type { Queryable } from '../db/index.ts';

/**
 * Everything that is pending there. What is on its way at this moment may still arrive. Rows are locked in the order in
 * which a relay saves its results, so that the two cannot wait for each other.
 */
export async function killPendingDeliveries(db: Queryable, destination: string, reason: string): Promise<number> {
  const { rowCount } = await db.query({
    name: 'notify-kill-pending',
    text: `
      with doomed as materialized (
        select $1::text as destination, customer_id, sequence from deliveries
        where destination = $1 and state = 'pending'
        order by customer_id, sequence
        for update
      )
      update deliveries d set state = 'dead', claimed_by = null, claimed_until = null, last_error = $2
      from doomed
      where d.destination = doomed.destination and d.customer_id = doomed.customer_id and d.sequence = doomed.sequence`,
    values: [destination, reason],
  });
  return rowCount ?? 0;
}

/** What waits there longer than `ageMs`, unless a relay holds it. */
export async function killExpiredDeliveries(db: Queryable, destination: string, ageMs: number): Promise<number> {
  const { rowCount } = await db.query({
    name: 'notify-kill-expired',
    text: `
      update deliveries
      set state = 'dead', claimed_by = null, claimed_until = null,
          last_error = 'given up after ' || $2::double precision / 3600000 || ' hours; last: ' || coalesce(last_error, 'not tried')
      where destination = $1 and state = 'pending'
        and queued_at < now() - $2::double precision * interval '1 millisecond'
        and (claimed_until is null or claimed_until <= now())`,
    values: [destination, ageMs],
  });
  return rowCount ?? 0;
}
