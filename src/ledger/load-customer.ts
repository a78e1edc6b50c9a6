// One customer: profile facts and the credit account.
import type { Queryable } from '../db/index.ts';

export interface CustomerView {
  readonly customerId: string;
  readonly currency: string;
  readonly jurisdiction: string | null;
  readonly declaredIncomeMinor: number | null;
  readonly createdAt: string;
  readonly account: {
    readonly limitMinor: number | null;
    readonly limitChangedAt: string | null;
    readonly statementsBy: 'ecs' | 'lender';
    readonly frozen: { readonly at: string; readonly by: string; readonly reason: string } | null;
  };
}

/** Null for a customer that is not known. */
export async function loadCustomer(_db: Queryable, _customerId: string): Promise<CustomerView | null> {
  throw new Error('being written');
}
