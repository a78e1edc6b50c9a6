// Folds a batch of customer events: profile facts go to the ledger, which is handed in, consents are recorded here.
import type { Queryable } from '../db/index.ts';
import type { AcceptedEvent, DeadLetterCode, FoldResult } from '../events/accepted-event.ts';
import type { CustomerEvent } from '../events/customer-event.ts';
import type { ConsentChange } from './record-consents.ts';

/** Fits `saveCustomerProfiles` of the ledger room. */
export type SaveProfiles = (
  tx: Queryable,
  changes: readonly {
    readonly customerId: string;
    readonly currency?: string | undefined;
    readonly jurisdiction?: string | undefined;
    readonly declaredIncomeMinor?: number | undefined;
    readonly timeMs: number;
  }[],
  nowMs: number,
) => Promise<
  readonly { readonly index: number; readonly code: DeadLetterCode; readonly field: string; readonly message: string }[]
>;

/** Fits `recordConsents` with its options bound. */
export type RecordConsents = (tx: Queryable, changes: readonly ConsentChange[], nowMs: number) => Promise<unknown>;

export type CustomerHandler = (
  tx: Queryable,
  events: readonly AcceptedEvent<CustomerEvent>[],
  nowMs: number,
) => Promise<FoldResult>;

export function createCustomerHandler(_options: {
  readonly saveProfiles: SaveProfiles;
  readonly recordConsents: RecordConsents;
}): CustomerHandler {
  throw new Error('being written');
}
