// One customer: profile facts and the credit account.
import type { Queryable } from '../db/index.ts';
import { CUSTOMER_COLUMNS, type CustomerRow, type CustomerView, toCustomerView } from './customer-row.ts';

/** Null for a customer that is not known. */
export async function loadCustomer(db: Queryable, customerId: string): Promise<CustomerView | null> {
  const { rows } = await db.query<CustomerRow>({
    name: 'ledger-load-customer',
    text: `
      select ${CUSTOMER_COLUMNS}
      from customers c join credit_accounts a on a.customer_id = c.customer_id
      where c.customer_id = $1`,
    values: [customerId],
  });
  return rows[0] === undefined ? null : toCustomerView(rows[0]);
}
