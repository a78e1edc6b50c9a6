// A customer's transactions, newest first.
import type { Queryable } from '../db/index.ts';
import type { TransactionType } from '../events/transaction-event.ts';
import type { Page, PageRequest } from './page.ts';

export interface TransactionView {
  readonly source: string;
  readonly transactionId: string;
  readonly type: TransactionType;
  readonly amountMinor: number;
  readonly currency: string;
  readonly merchantCategory: string | null;
  readonly occurredAt: string;
  readonly receivedAt: string;
  /** Close of the statement that ECS posted it to; null while it is open. */
  readonly statementClosedAt: string | null;
}

export async function listTransactions(
  _db: Queryable,
  _request: PageRequest & { readonly customerId: string },
): Promise<Page<TransactionView>> {
  throw new Error('being written');
}
