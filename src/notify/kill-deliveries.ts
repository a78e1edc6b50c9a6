// Ends what is pending at a destination as dead letters: listed, and redeliverable where the destination lives again.
import type { Queryable } from '../db/index.ts';

/** Everything that is pending there. What is on its way at this moment may still arrive. */
export async function killPendingDeliveries(db: Queryable, destination: string, reason: string): Promise<number> {
  const { rowCount } = await db.query({
    name: 'notify-kill-pending',
    text: `
      update deliveries set state = 'dead', claimed_by = null, claimed_until = null, last_error = $2
      where destination = $1 and state = 'pending'`,
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
