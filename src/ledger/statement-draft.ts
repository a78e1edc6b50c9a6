// A lender's statement on its way into the table, and how it compares with another copy of itself.
import { type ContentHash, hashContent } from './content-hash.ts';
import type { Standing, Statement } from './statement.ts';

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

export interface StatementDraft extends NewStatement {
  /** Of what was given: figures that are derived take no part in it. */
  readonly contentHash: ContentHash;
  /** Of the statement among those given. */
  readonly position: number;
}

export function hashStatement(statement: NewStatement): ContentHash {
  const { closedAtMs, currency, balanceMinor, minimumDueMinor, paidMinor, monthsPastDue } = statement;
  const { standing, limitMinor } = statement;
  return hashContent([
    closedAtMs,
    currency,
    balanceMinor,
    minimumDueMinor,
    paidMinor,
    monthsPastDue,
    standing,
    limitMinor,
  ]);
}

export function sameHash(a: ContentHash, b: ContentHash): boolean {
  return a.high === b.high && a.low === b.low;
}

type Figures = Pick<Statement, 'balanceMinor' | 'minimumDueMinor' | 'paidMinor' | 'monthsPastDue'> & {
  readonly standing: Standing | null;
  readonly limitMinor: number | null;
};

const FIGURES = ['balanceMinor', 'minimumDueMinor', 'paidMinor', 'monthsPastDue', 'standing', 'limitMinor'] as const;

/** The field in which two copies differ, as far as it can be told: a stored standing or limit may have been derived. */
export function findStatementDifference(given: Figures, first: Figures): string {
  const field = FIGURES.find((name) => given[name] !== null && given[name] !== first[name]);
  return field ?? (given.standing === null ? 'standing' : 'limitMinor');
}
