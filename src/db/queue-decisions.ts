// Asks for a customer to be decided again, in the transaction of the change that asks. The row's version rises with
// every change, and the worker deletes only the version it read: a change during a decision is decided again. A new row
// begins at the time in microseconds: a worker that slept through its claim must not take it for the row it read.
import type { Queryable } from './pool.ts';

export type QueueTrigger = 'statement' | 'state_change' | 'consent' | 'profile';

/**
 * Customers must exist. Ids may repeat; rows are locked in sorted order. They are due at once by the database's clock too: a
 * process whose own is ahead must not hide them from the others.
 */
export async function queueDecisions(
  tx: Queryable,
  customerIds: Iterable<string>,
  trigger: QueueTrigger,
  nowMs: number,
): Promise<void> {
  const sorted = [...new Set(customerIds)].sort();
  if (sorted.length === 0) return;
  await tx.query({
    name: 'queue-decisions',
    text: `
      insert into decision_queue (customer_id, version, trigger, not_before, queued_at)
      select customer_id, floor(extract(epoch from clock_timestamp()) * 1000000)::int8, $2, least($3, now()), $3
      from unnest($1::text[]) as changed (customer_id)
      order by customer_id
      on conflict (customer_id) do update
        set version = decision_queue.version + 1, trigger = excluded.trigger, attempts = 0, not_before = excluded.not_before`,
    values: [sorted, trigger, new Date(nowMs)],
  });
}
