// Which statement periods of an account have ended.
import { addMonths } from './months.ts';

/** An account that was silent for years catches up in several runs. */
export const PERIODS_PER_RUN_MAX = 24;

export interface StatementPeriod {
  readonly customerId: string;
  /** Minus infinity for the first one: whatever came late posts to the statement that is open. */
  readonly fromMs: number;
  readonly closedAtMs: number;
}

/** Months from the open one up to, not including, the month that begins at `untilMs`; oldest first. */
export function listEndedPeriods(customerId: string, openPeriodAtMs: number, untilMs: number): StatementPeriod[] {
  const periods: StatementPeriod[] = [];
  for (let month = 0; month < PERIODS_PER_RUN_MAX; month += 1) {
    const startMs = addMonths(openPeriodAtMs, month);
    if (startMs >= untilMs) break;
    const fromMs = month === 0 ? Number.NEGATIVE_INFINITY : startMs;
    periods.push({ customerId, fromMs, closedAtMs: addMonths(startMs, 1) });
  }
  return periods;
}
