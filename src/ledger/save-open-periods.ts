// Opens the first statement period of accounts: the month of their first transaction.
import { lockAccounts, type Queryable } from '../db/index.ts';
import { addMonths, monthStartOf } from './months.ts';
import type { AccountFacts } from './save-new-customers.ts';
import type { TransactionDraft } from './transaction-draft.ts';

/** An account begins at most this long ago; transactions before that post to its first statement. */
export const OPEN_PERIOD_MONTHS_MAX = 24;

/** `drafts` were just inserted. Accounts whose period is open already cost nothing, and are not locked. */
export async function saveOpenPeriods(
  tx: Queryable,
  drafts: readonly TransactionDraft[],
  accounts: ReadonlyMap<string, AccountFacts>,
  nowMs: number,
): Promise<void> {
  const earliestMs = addMonths(nowMs, -OPEN_PERIOD_MONTHS_MAX);
  const opened = new Map<string, number>();
  for (const { customerId, occurredAtMs } of drafts) {
    const openMs = opened.get(customerId) ?? accounts.get(customerId)?.openPeriodAtMs ?? Number.POSITIVE_INFINITY;
    if (occurredAtMs >= openMs || openMs <= earliestMs) continue;
    opened.set(customerId, Math.max(monthStartOf(occurredAtMs), earliestMs));
  }
  if (opened.size === 0) return;
  // Locked in a statement of its own, so that the next one sees what a closer has committed meanwhile.
  await lockAccounts(tx, [...opened.keys()]);
  await openPeriods(tx, opened);
}

/** A transaction from before the open period moves its start back only while nothing was closed: afterwards it is late. */
async function openPeriods(tx: Queryable, opened: ReadonlyMap<string, number>): Promise<void> {
  await tx.query({
    name: 'ledger-open-periods',
    text: `
      update credit_accounts a set open_period_at = o.open_period_at
      from unnest($1::text[], $2::timestamptz[]) as o (customer_id, open_period_at)
      where a.customer_id = o.customer_id
        and (a.open_period_at is null or a.open_period_at > o.open_period_at)
        and not exists (select from statements s where s.customer_id = a.customer_id and s.closed_by = 'ecs')`,
    values: [[...opened.keys()], [...opened.values()].map((timeMs) => new Date(timeMs))],
  });
}
