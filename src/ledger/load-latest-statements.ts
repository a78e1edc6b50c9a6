// The latest statements of customers.
import type { Queryable } from '../db/index.ts';
import type { Statement } from './statement.ts';
import { STATEMENT_COLUMNS, type StatementRow, toStatement } from './statement-row.ts';

/** At most `count` per customer, oldest first; customers without any are not in the map. */
export async function loadLatestStatements(
  db: Queryable,
  customerIds: readonly string[],
  count: number,
): Promise<Map<string, Statement[]>> {
  const { rows } = await db.query<StatementRow & { readonly customer_id: string }>({
    name: 'ledger-load-latest-statements',
    text: `
      select s.customer_id, ${STATEMENT_COLUMNS}
      from unnest($1::text[]) as asked (customer_id)
      cross join lateral (
        select * from statements where customer_id = asked.customer_id order by closed_at desc limit $2
      ) s
      order by s.customer_id, s.closed_at`,
    values: [customerIds, count],
  });
  const found = new Map<string, Statement[]>();
  for (const row of rows) {
    const statements = found.get(row.customer_id) ?? [];
    statements.push(toStatement(row));
    found.set(row.customer_id, statements);
  }
  return found;
}
