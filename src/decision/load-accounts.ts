// The accounts a transaction decides about, locked in sorted order: the first lock anybody takes who decides, so that no
// decision is made from a limit that another one is changing.
import type { Queryable } from '../db/index.ts';

export interface LockedAccount {
  readonly customerId: string;
  readonly limitMinor: number | null;
  readonly financialLimitMinor: number | null;
  readonly limitChangedAtMs: number | null;
  readonly lastIncreaseAtMs: number | null;
  readonly lastDecreaseAtMs: number | null;
  readonly decisionSequence: number;
  /** Of the last event told about the customer. */
  readonly eventSequence: number;
  readonly chainLink: Buffer | null;
  readonly frozen: boolean;
}

interface AccountRow {
  readonly customer_id: string;
  readonly limit_minor: number | null;
  readonly financial_limit_minor: number | null;
  readonly limit_changed_at: Date | null;
  readonly last_increase_at: Date | null;
  readonly last_decrease_at: Date | null;
  readonly decision_sequence: number;
  readonly event_sequence: number;
  readonly chain_link: Buffer | null;
  readonly frozen: boolean;
}

/** Customers that are not known are not in the map. */
export async function lockAccounts(tx: Queryable, customerIds: readonly string[]): Promise<Map<string, LockedAccount>> {
  const locked = await lockPresentAccounts(tx, customerIds);
  if (locked.size === customerIds.length) return locked;
  await insertAbsentAccounts(tx, customerIds);
  return lockPresentAccounts(tx, customerIds);
}

/** Those that have an account row; statements sent behind it see what committed while it waited. */
export async function lockPresentAccounts(
  tx: Queryable,
  customerIds: readonly string[],
): Promise<Map<string, LockedAccount>> {
  const { rows } = await tx.query<AccountRow>({
    name: 'decision-lock-accounts',
    text: `
      select customer_id, limit_minor, financial_limit_minor, limit_changed_at, last_increase_at, last_decrease_at,
        decision_sequence, event_sequence, chain_link, frozen_at is not null as frozen
      from credit_accounts
      where customer_id = any($1::text[])
      order by customer_id
      for update`,
    values: [customerIds],
  });
  return new Map(rows.map((row) => [row.customer_id, toAccount(row)]));
}

export async function insertAbsentAccounts(tx: Queryable, customerIds: readonly string[]): Promise<void> {
  await tx.query({
    name: 'decision-insert-accounts',
    text: `
      insert into credit_accounts (customer_id)
      select customer_id from customers where customer_id = any($1::text[]) order by customer_id
      on conflict (customer_id) do nothing`,
    values: [customerIds],
  });
}

function toAccount(row: AccountRow): LockedAccount {
  return {
    customerId: row.customer_id,
    limitMinor: row.limit_minor,
    financialLimitMinor: row.financial_limit_minor,
    limitChangedAtMs: row.limit_changed_at?.getTime() ?? null,
    lastIncreaseAtMs: row.last_increase_at?.getTime() ?? null,
    lastDecreaseAtMs: row.last_decrease_at?.getTime() ?? null,
    decisionSequence: row.decision_sequence,
    eventSequence: row.event_sequence,
    chainLink: row.chain_link,
    frozen: row.frozen,
  };
}

/**
 * When a decision about this account is made: now, but never before the limit in force began. Time is told before the lock
 * is waited for, and clocks differ: the limits of a customer must not overlap all the same.
 */
export function decidedAtMs(account: Pick<LockedAccount, 'limitChangedAtMs'>, nowMs: number): number {
  return Math.max(nowMs, account.limitChangedAtMs ?? nowMs);
}
