// Customers, newest first.
import type { Queryable } from '../db/index.ts';
import type { CustomerView } from './load-customer.ts';
import type { Page, PageRequest } from './page.ts';

/** `prefix`: only customers whose id starts with it. */
export async function listCustomers(
  _db: Queryable,
  _request: PageRequest & { readonly prefix?: string | undefined },
): Promise<Page<CustomerView>> {
  throw new Error('being written');
}
