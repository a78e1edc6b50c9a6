// Opens the first statement period of accounts, the month of their first transaction, and notes how far back the next close
// has to look for what came late.
import { binaryArray, lockAccounts, type Queryable } from '../db/index.ts';
import { addMonths, monthStartOf } from './months.ts';
import type { AccountFacts } from './save-new-customers.ts';
import type { TransactionDraft } from './transaction-draft.ts';

/** An account begins at most this long ago; transactions before that post to its first statement. */
export const OPEN_PERIOD_MONTHS_MAX = 24;

/**
 * `drafts` were just inserted, and their customers are held. Accounts none of whose transactions lies before the period that
 * is open cost nothing, and are not locked.
 */
export async function saveOpenPeriods(
  tx: Queryable,
  drafts: readonly TransactionDraft[],
  accounts: ReadonlyMap<string, AccountFacts>,
  nowMs: number,
): Promise<void> {
  const earlier = findEarlier(drafts, accounts);
  if (earlier.size === 0) return;
  // Locked in a statement of its own, so that the next one sees what a decision has committed meanwhile.
  await lockAccounts(tx, [...earlier.keys()]);
  await movePeriodsBack(tx, earlier, addMonths(nowMs, -OPEN_PERIOD_MONTHS_MAX));
}

/** Customer -> the earliest transaction from before the open period. */
function findEarlier(
  drafts: readonly TransactionDraft[],
  accounts: ReadonlyMap<string, AccountFacts>,
): Map<string, number> {
  const earlier = new Map<string, number>();
  for (const { customerId, occurredAtMs } of drafts) {
    const knownMs = earlier.get(customerId) ?? accounts.get(customerId)?.openPeriodAtMs ?? Number.POSITIVE_INFINITY;
    if (occurredAtMs < knownMs) earlier.set(customerId, occurredAtMs);
  }
  return earlier;
}

/** A transaction from before the open period moves its start back only while nothing was closed: afterwards it is late. */
async function movePeriodsBack(
  tx: Queryable,
  earlier: ReadonlyMap<string, number>,
  earliestPeriodMs: number,
): Promise<void> {
  const times = [...earlier.values()];
  const periods = times.map((timeMs) => Math.max(monthStartOf(timeMs), earliestPeriodMs));
  await tx.query({
    name: 'ledger-move-periods-back',
    text: `
      update credit_accounts a
      set unposted_from_at = least(a.unposted_from_at, e.occurred_at),
        open_period_at = case
          when exists (select from statements s where s.customer_id = a.customer_id and s.closed_by = 'ecs') then a.open_period_at
          else least(a.open_period_at, e.open_period_at)
        end
      from unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) as e (customer_id, occurred_at, open_period_at)
      where a.customer_id = e.customer_id`,
    values: [binaryArray.text([...earlier.keys()]), binaryArray.timestamptz(times), binaryArray.timestamptz(periods)],
  });
}
