// Which of these customers are known.
import type { Queryable } from '../db/index.ts';

export async function loadKnownCustomers(db: Queryable, customerIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await db.query<{ customer_id: string }>({
    name: 'monitoring-load-known-customers',
    text: 'select customer_id from customers where customer_id = any($1::text[])',
    values: [customerIds],
  });
  return new Set(rows.map((row) => row.customer_id));
}
