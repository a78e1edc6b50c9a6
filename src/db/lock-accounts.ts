// The lock of everything that decides about customers: their credit accounts' rows, in sorted order as everybody takes
// them, so that no two transactions can wait for each other.
import type { Queryable } from './pool.ts';

/** Gives back the customers that have an account; the others are not known. */
export async function lockAccounts(tx: Queryable, customerIds: readonly string[]): Promise<Set<string>> {
  if (customerIds.length === 0) return new Set();
  const { rows } = await tx.query<{ customer_id: string }>({
    name: 'lock-accounts',
    text: `
      select customer_id from credit_accounts
      where customer_id = any($1::text[])
      order by customer_id
      for update`,
    values: [customerIds],
  });
  return new Set(rows.map((row) => row.customer_id));
}
