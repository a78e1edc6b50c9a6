// One answer for every customer that is not there, whether unknown or out of the caller's reach: nothing can be told apart.
import type { Queryable } from '../db/index.ts';
import { type CustomerView, loadCustomer } from '../ledger/index.ts';
import { EcsError } from '../lib/errors.ts';

export function customerNotFound(): EcsError {
  return new EcsError('ECS_NOT_FOUND', 'No such customer.');
}

export async function requireCustomer(db: Queryable, customerId: string): Promise<CustomerView> {
  const customer = await loadCustomer(db, customerId);
  if (customer === null) throw customerNotFound();
  return customer;
}
