// Saves statements of the lender, each once; creates customers that are not known yet.
import type { Queryable } from '../db/index.ts';
import type { Standing } from './statement.ts';

export interface NewStatement {
  readonly customerId: string;
  readonly currency: string;
  readonly closedAtMs: number;
  readonly balanceMinor: number;
  readonly minimumDueMinor: number;
  readonly paidMinor: number;
  readonly monthsPastDue: number;
  /** Derived by the documented rule where null. */
  readonly standing: Standing | null;
  /** The limit in force at the close where null. */
  readonly limitMinor: number | null;
}

export type StatementOutcome =
  /** `newest`: no later statement of this customer is known. */
  | { readonly kind: 'saved'; readonly newest: boolean }
  | { readonly kind: 'duplicate' }
  | {
      readonly kind: 'refused';
      readonly code: 'wrong_currency' | 'content_differs' | 'schema';
      readonly field: string;
      readonly message: string;
    };

/** One outcome per statement, in the order given. Queues no decision. */
export async function saveStatements(
  _tx: Queryable,
  _statements: readonly NewStatement[],
  _nowMs: number,
): Promise<StatementOutcome[]> {
  throw new Error('being written');
}
