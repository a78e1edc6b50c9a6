// Saves what came of a claim, and gives back what was not tried. Who lost the claim meanwhile saves nothing.
import type { Queryable } from '../db/index.ts';

export interface DeliveryResult {
  readonly customerId: string;
  readonly sequence: number;
  readonly state: 'delivered' | 'pending' | 'dead';
  readonly attempted: boolean;
  /** The wait until the next attempt; null leaves the time as it is. */
  readonly delayMs: number | null;
  /** Null keeps the last error. */
  readonly error: string | null;
}

// In both statements the keys stand in a subquery of their own (`offset 0`), destination included, and nothing else
// narrows the table: whatever the statistics of this ever-changing table say, the only plan that looks cheap is the one
// that probes the primary key. With the destination or the state beside it, the planner came to read every pending row.

/** Gives how many rows were still this claim's. */
export async function saveDeliveryResults(
  db: Queryable,
  destination: string,
  claimId: string,
  results: readonly DeliveryResult[],
): Promise<number> {
  const { rowCount } = await db.query({
    name: 'notify-save-results',
    text: `
      update deliveries d
      set state = r.state,
          attempts = d.attempts + r.attempted::integer,
          next_attempt_at = coalesce(now() + r.delay_ms * interval '1 millisecond', d.next_attempt_at),
          last_error = coalesce(r.error, d.last_error),
          delivered_at = case when r.state = 'delivered' then now() else d.delivered_at end,
          claimed_by = null,
          claimed_until = null
      from (
        select $1::text as destination, given.*
        from unnest($3::text[], $4::bigint[], $5::text[], $6::boolean[], $7::double precision[], $8::text[])
          as given (customer_id, sequence, state, attempted, delay_ms, error)
        offset 0
      ) r
      where d.destination = r.destination and d.customer_id = r.customer_id and d.sequence = r.sequence
        and d.claimed_by = $2`,
    values: [
      destination,
      claimId,
      results.map((result) => result.customerId),
      results.map((result) => result.sequence),
      results.map((result) => result.state),
      results.map((result) => result.attempted),
      results.map((result) => result.delayMs),
      results.map((result) => result.error),
    ],
  });
  return rowCount ?? 0;
}

/**
 * Moves what waits behind a head that retries later to the head's time. The order needs no such help: it spares the
 * claims from walking over those rows at every look.
 */
export async function parkLines(db: Queryable, destination: string, customerIds: readonly string[]): Promise<void> {
  await db.query({
    name: 'notify-park',
    text: `
      update deliveries d set next_attempt_at = behind.head_at
      from (
        select $1::text as destination, failed.customer_id, rest.sequence, head.next_attempt_at as head_at
        from unnest($2::text[]) as failed (customer_id)
        cross join lateral (
          select h.sequence, h.next_attempt_at from deliveries h
          where h.destination = $1 and h.customer_id = failed.customer_id and h.state = 'pending'
          order by h.sequence limit 1
        ) head
        cross join lateral (
          select t.sequence from deliveries t
          where t.destination = $1 and t.customer_id = failed.customer_id and t.state = 'pending'
            and t.sequence > head.sequence and t.next_attempt_at < head.next_attempt_at
          order by t.sequence
        ) rest
        offset 0
      ) behind
      where d.destination = behind.destination and d.customer_id = behind.customer_id and d.sequence = behind.sequence
        and d.claimed_by is null`,
    values: [destination, customerIds],
  });
}
