// A transaction on its way into the table, and how it compares with another copy of itself.
import type { AcceptedEvent } from '../events/accepted-event.ts';
import type { TransactionEvent, TransactionType } from '../events/transaction-event.ts';

/** All that an event says beside its identity; the currency is the customer's. */
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
  /** Of the event in its batch. */
  readonly position: number;
}

export function draftTransaction(accepted: AcceptedEvent<TransactionEvent>, position: number): TransactionDraft {
  const { subject, source, id, data } = accepted.event;
  return {
    customerId: subject,
    source,
    transactionId: id,
    type: data.type,
    amountMinor: data.amountMinor,
    merchantCategory: data.merchantCategory ?? null,
    occurredAtMs: accepted.timeMs,
    position,
  };
}

/** The order of two transactions of one customer: 0 means the same identity. */
export function compareIdentities(a: TransactionDraft, b: TransactionDraft): number {
  return compareTexts(a.transactionId, b.transactionId) || compareTexts(a.source, b.source);
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The field of the event in which two copies differ; empty when they say the same. */
export function findDifference(given: TransactionContent, first: TransactionContent): string {
  if (given.type !== first.type) return 'data.type';
  if (given.amountMinor !== first.amountMinor) return 'data.amountMinor';
  if (given.occurredAtMs !== first.occurredAtMs) return 'time';
  return given.merchantCategory === first.merchantCategory ? '' : 'data.merchantCategory';
}
