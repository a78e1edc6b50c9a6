// Takes the lock of everything that decides about customers, in sorted order as everybody does.
import type { Queryable } from '../db/index.ts';

export async function lockAccounts(tx: Queryable, customerIds: readonly string[]): Promise<void> {
  if (customerIds.length === 0) return;
  await tx.query({
    name: 'ledger-lock-accounts',
    text: `
      select customer_id from credit_accounts
      where customer_id = any($1::text[])
      order by customer_id
      for update`,
    values: [customerIds],
  });
}
