// Keeps profile facts of customers, fact by fact the newest by event time; creates customers that are not known yet.
import type { Queryable } from '../db/index.ts';

export interface ProfileChange {
  readonly customerId: string;
  /** Needed with a customer that is not known yet. */
  readonly currency?: string | undefined;
  readonly jurisdiction?: string | undefined;
  readonly declaredIncomeMinor?: number | undefined;
  /** When the facts were said. */
  readonly timeMs: number;
}

export interface ProfileProblem {
  /** Position in the changes given. */
  readonly index: number;
  readonly code: 'currency_missing' | 'wrong_currency';
  /** `currency` */
  readonly field: string;
  readonly message: string;
}

/** Gives back the changes that were refused; the others are saved, and their customers queued where it matters. */
export async function saveCustomerProfiles(
  _tx: Queryable,
  _changes: readonly ProfileChange[],
  _nowMs: number,
): Promise<ProfileProblem[]> {
  throw new Error('being written');
}
