// Which statement periods of an account have ended.
import { addMonths } from './months.ts';

/** An account that was silent for years catches up in several runs. */
export const PERIODS_PER_RUN_MAX = 24;

export interface StatementPeriod {
  readonly customerId: string;
  /** Of the first one, earlier than the month where something came late: that posts to the statement that is open. */
  readonly fromMs: number;
  readonly closedAtMs: number;
}

export interface OpenAccount {
  readonly customerId: string;
  readonly openPeriodAtMs: number;
  /** No transaction that is not posted is older than this; null where none is older than the open period. */
  readonly unpostedFromMs: number | null;
}

/** Months from the open one up to, not including, the month that begins at `untilMs`; oldest first. */
export function listEndedPeriods(account: OpenAccount, untilMs: number): StatementPeriod[] {
  const { customerId, openPeriodAtMs } = account;
  const periods: StatementPeriod[] = [];
  for (let month = 0; month < PERIODS_PER_RUN_MAX; month += 1) {
    const startMs = addMonths(openPeriodAtMs, month);
    if (startMs >= untilMs) break;
    const fromMs = month === 0 ? Math.min(startMs, account.unpostedFromMs ?? startMs) : startMs;
    periods.push({ customerId, fromMs, closedAtMs: addMonths(startMs, 1) });
  }
  return periods;
}
