// What a customer has said about consent, per purpose.
import type { Queryable } from '../db/index.ts';
import type { ConsentPurpose } from '../events/customer-event.ts';

export interface ConsentView {
  readonly purpose: ConsentPurpose;
  readonly granted: boolean;
  /** Null where nothing was ever said: then nothing is granted. */
  readonly changedAt: string | null;
  readonly recordedAt: string | null;
  readonly recordedBy: string | null;
}

/** One view per purpose, in the order of CONSENT_PURPOSES. */
export async function listConsents(_db: Queryable, _customerId: string): Promise<ConsentView[]> {
  throw new Error('being written');
}
