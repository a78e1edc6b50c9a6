// The row of a statement as the database gives it, and its mapping; shared by everything that reads one.
import type { Standing, Statement } from './statement.ts';

export const STATEMENT_COLUMNS =
  's.closed_at, s.balance_minor, s.minimum_due_minor, s.paid_minor, s.months_past_due, s.standing, s.limit_minor';

export interface StatementRow {
  readonly closed_at: Date;
  readonly balance_minor: number;
  readonly minimum_due_minor: number;
  readonly paid_minor: number;
  readonly months_past_due: number;
  readonly standing: Standing;
  readonly limit_minor: number | null;
}

export function toStatement(row: StatementRow): Statement {
  return {
    closedAtMs: row.closed_at.getTime(),
    balanceMinor: row.balance_minor,
    minimumDueMinor: row.minimum_due_minor,
    paidMinor: row.paid_minor,
    monthsPastDue: row.months_past_due,
    standing: row.standing,
    limitMinor: row.limit_minor,
  };
}
