// A transaction on its way into the table, and how it compares with another copy of itself.
import type { AcceptedEvent } from '../events/accepted-event.ts';
import type { TransactionEvent, TransactionType } from '../events/transaction-event.ts';
import { type ContentHash, hashContent } from './content-hash.ts';

export interface TransactionContent {
  readonly type: TransactionType;
  readonly amountMinor: number;
  readonly merchantCategory: string | null;
  readonly occurredAtMs: number;
}

export interface TransactionDraft extends TransactionContent {
  readonly customerId: string;
  readonly source: string;
  readonly transactionId: string;
  readonly contentHash: ContentHash;
  /** Of the event in its batch. */
  readonly position: number;
}

export function draftTransaction(accepted: AcceptedEvent<TransactionEvent>, position: number): TransactionDraft {
  const { subject, source, id, data } = accepted.event;
  const { type, amountMinor, currency } = data;
  const merchantCategory = data.merchantCategory ?? null;
  const occurredAtMs = accepted.timeMs;
  return {
    customerId: subject,
    source,
    transactionId: id,
    type,
    amountMinor,
    merchantCategory,
    occurredAtMs,
    contentHash: hashContent([type, amountMinor, currency, merchantCategory, occurredAtMs]),
    position,
  };
}

/** The field of the event in which two copies differ; empty when they say the same. */
export function findDifference(given: TransactionContent, first: TransactionContent): string {
  if (given.type !== first.type) return 'data.type';
  if (given.amountMinor !== first.amountMinor) return 'data.amountMinor';
  if (given.occurredAtMs !== first.occurredAtMs) return 'time';
  return given.merchantCategory === first.merchantCategory ? '' : 'data.merchantCategory';
}
