// The queue of customers to be decided again, as the worker sees it. A claim moves the row out of sight for a while
// instead of locking it: a lock held through a decision would make ingest, which queues under its own locks, wait in a
// circle.
import type { Queryable } from '../db/index.ts';
import type { DecisionTrigger } from './decision-view.ts';

export interface ClaimedCustomer {
  readonly customerId: string;
  readonly version: number;
  readonly trigger: DecisionTrigger;
  readonly attempts: number;
}

interface QueueRow {
  readonly customer_id: string;
  readonly version: number;
  readonly trigger: DecisionTrigger;
  readonly attempts: number;
}

/**
 * Nothing while an import runs. Two workers never claim the same row for the same time, and one whose clock is ahead holds
 * it no longer than others: when it dies, they go on in time.
 */
export async function claimQueued(
  db: Queryable,
  options: { readonly nowMs: number; readonly untilMs: number; readonly limit: number },
): Promise<ClaimedCustomer[]> {
  const { rows } = await db.query<QueueRow>({
    name: 'decision-queue-claim',
    text: `
      update decision_queue q set
        not_before = least($2::timestamptz, greatest(now(), q.not_before) + ($2::timestamptz - $1::timestamptz))
      from (
        select customer_id from decision_queue
        where not_before <= $1::timestamptz and not exists (select 1 from imports where state = 'running')
        order by not_before, customer_id
        limit $3
        for update skip locked
      ) due
      where q.customer_id = due.customer_id
      returning q.customer_id, q.version, q.trigger, q.attempts`,
    values: [new Date(options.nowMs), new Date(options.untilMs), options.limit],
  });
  return rows.map((row) => ({
    customerId: row.customer_id,
    version: row.version,
    trigger: row.trigger,
    attempts: row.attempts,
  }));
}

/** Gives claimed rows back, due at once: they were not tried. */
export async function releaseQueued(
  db: Queryable,
  customers: readonly ClaimedCustomer[],
  nowMs: number,
): Promise<void> {
  await db.query(
    `update decision_queue q set not_before = $3
     from unnest($1::text[], $2::int8[]) as claimed (customer_id, version)
     where q.customer_id = claimed.customer_id and q.version = claimed.version`,
    [customers.map((one) => one.customerId), customers.map((one) => one.version), new Date(nowMs)],
  );
}

/** Notes a failure of one customer; a version that came meanwhile is left to be tried at once. */
export async function saveQueueFailure(
  db: Queryable,
  customer: ClaimedCustomer,
  failure: { readonly error: string; readonly notBeforeMs: number },
): Promise<void> {
  await db.query(
    `update decision_queue set attempts = attempts + 1, last_error = $3, not_before = $4
     where customer_id = $1 and version = $2`,
    [customer.customerId, customer.version, failure.error.slice(0, 500), new Date(failure.notBeforeMs)],
  );
}
