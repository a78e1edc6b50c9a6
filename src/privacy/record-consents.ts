// Records what customers say about consent, and does what it means: a grant opens the emotional state, a withdrawal
// deletes it with everything derived from it and asks for a decision without it.
import type { Queryable } from '../db/index.ts';
import type { ConsentPurpose } from '../events/customer-event.ts';
import type { MakeId } from '../lib/ids.ts';

export interface ConsentChange {
  readonly customerId: string;
  readonly purpose: ConsentPurpose;
  readonly granted: boolean;
  /** When the customer said it: the newest word counts. */
  readonly changedAtMs: number;
  /** Who passed it on, for the proof of it. */
  readonly recordedBy: string;
}

/**
 * `changed`: consent is now another; `unchanged`: the same word again; `stale`: kept for the proof, but a newer word
 * stands; `unknown_customer`: nothing was kept.
 */
export type ConsentOutcome = 'changed' | 'unchanged' | 'stale' | 'unknown_customer';

export interface ConsentOptions {
  /** Does the outbox have Kafka as a destination? */
  readonly kafka: boolean;
  readonly makeId: MakeId;
}

/** One outcome per change, in the order given. */
export async function recordConsents(
  _tx: Queryable,
  _changes: readonly ConsentChange[],
  _nowMs: number,
  _options: ConsentOptions,
): Promise<ConsentOutcome[]> {
  throw new Error('being written');
}
