// Customers, newest first.
import type { Queryable } from '../db/index.ts';
import { CUSTOMER_COLUMNS, type CustomerRow, type CustomerView, toCustomerView } from './customer-row.ts';
import { type Page, type PageRequest, parseCursor, toPage } from './page.ts';

/** `prefix`: only customers whose id starts with it. ECS_REQUEST_INVALID for a cursor that is not one of ours. */
export async function listCustomers(
  db: Queryable,
  request: PageRequest & { readonly prefix?: string | undefined },
): Promise<Page<CustomerView>> {
  const customers = await loadCustomers(db, request.prefix ?? '', parseCursor(request.cursor, 1), request.limit + 1);
  return toPage(customers, request.limit, (customer) => [customer.createdAt, customer.customerId]);
}

async function loadCustomers(
  db: Queryable,
  prefix: string,
  after: readonly (string | null)[],
  count: number,
): Promise<CustomerView[]> {
  const { rows } = await db.query<CustomerRow>({
    name: 'ledger-list-customers',
    text: `
      select ${CUSTOMER_COLUMNS}
      from customers c join credit_accounts a on a.customer_id = c.customer_id
      where starts_with(c.customer_id, $1::text)
        and ($2::timestamptz is null or (c.created_at, c.customer_id) < ($2, $3::text))
      order by c.created_at desc, c.customer_id desc
      limit $4`,
    values: [prefix, ...after, count],
  });
  return rows.map(toCustomerView);
}
