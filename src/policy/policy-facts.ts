// What a policy looks at besides the probability of default. Nothing here comes from emotional data.
import type { IncomeFacts } from './income-of.ts';

export interface AccountFacts {
  /** C: the limit in force; null before the first one. */
  readonly limitMinor: number | null;
  /** F: the limit without emotion that stands behind it. */
  readonly financialLimitMinor: number | null;
  /** When the finances alone last raised the limit: emotion must not use up a customer's turn. */
  readonly lastIncreaseAtMs: number | null;
  /** When F last fell. */
  readonly lastDecreaseAtMs: number | null;
  /** Lowest limit in force within the policy's step, and within a year; today's limit where there is no other. */
  readonly lowestInStepMinor: number | null;
  readonly lowestInYearMinor: number | null;
  /** What the risk was when the limit in force was set; null where that was not scored. */
  readonly probabilityOfDefaultWhenSet: number | null;
}

export interface LedgerSummary {
  /** 0 to 6. */
  readonly statementCount: number;
  /** Owed on the latest statement, never negative. */
  readonly balanceMinor: number;
  readonly lateStatements: number;
  /** Statements with a debt on them. */
  readonly carriedStatements: number;
  /** What was owed on all statements but the latest, and what was paid against it by the next. */
  readonly owedMinor: number;
  readonly paidMinor: number;
  /** The middle monthly payment; null without statements. */
  readonly medianPaidMinor: number | null;
}

export interface PolicyFacts {
  readonly nowMs: number;
  readonly currency: string;
  /** Null: nobody asked for an amount, so an increase would be unsolicited. */
  readonly requestedLimitMinor: number | null;
  readonly account: AccountFacts;
  readonly ledger: LedgerSummary;
  readonly income: IncomeFacts;
}
