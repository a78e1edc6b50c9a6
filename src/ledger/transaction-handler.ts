// Counts a batch of transactions: each once, in the customer's one currency.
import type { Queryable } from '../db/index.ts';
import type { AcceptedEvent, FoldResult } from '../events/accepted-event.ts';
import type { TransactionEvent } from '../events/transaction-event.ts';
import type { TransactionTriggers } from './triggers.ts';

export type TransactionHandler = (
  tx: Queryable,
  events: readonly AcceptedEvent<TransactionEvent>[],
  nowMs: number,
) => Promise<FoldResult>;

export function createTransactionHandler(_options: { readonly triggers: TransactionTriggers }): TransactionHandler {
  throw new Error('being written');
}
