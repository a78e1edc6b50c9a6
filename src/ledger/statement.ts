// A closed statement of a credit account, as every reader of the ledger sees it: what the card system sent, or what ECS
// closed itself from transactions. Each carries the limit and the standing of its day.

/** `inactive`: no balance and no use; `paid_in_full`; `revolving`: at least the minimum was paid; `past_due`: it was not. */
export const STANDINGS = ['inactive', 'paid_in_full', 'revolving', 'past_due'] as const;
export type Standing = (typeof STANDINGS)[number];

export interface Statement {
  /** End of the statement period, milliseconds since 1970 (UTC). */
  readonly closedAtMs: number;
  /** What was owed at the close; negative is a credit balance. */
  readonly balanceMinor: number;
  readonly minimumDueMinor: number;
  /** Payments received since the statement before, >= 0. */
  readonly paidMinor: number;
  /** 0 unless the standing is `past_due`, then 1 or more. */
  readonly monthsPastDue: number;
  readonly standing: Standing;
  /** Credit limit in force on the day of the close; null where there was none. */
  readonly limitMinor: number | null;
}

/** How many of the latest statements the features look at. */
export const STATEMENT_WINDOW = 6;
