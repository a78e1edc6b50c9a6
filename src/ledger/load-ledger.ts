// What a decision needs to know of customers' money, for many customers at once.
import type { Queryable } from '../db/index.ts';
import { DAY_MS } from '../lib/clock.ts';
import { loadLatestStatements } from './load-latest-statements.ts';
import { STATEMENT_WINDOW, type Statement } from './statement.ts';

export interface LedgerFacts {
  /** The latest six, oldest first. */
  readonly statements: readonly Statement[];
  readonly lastClosedAtMs: number | null;
  /** A month's income as seen in transactions of the last 92 days; null when there was none. */
  readonly observedIncomeMinor: number | null;
  /** Transactions of the last 92 days. */
  readonly transactionCount: number;
}

/** Three months of income, however long the months. */
const INCOME_WINDOW_MS = 92 * DAY_MS;
const INCOME_WINDOW_MONTHS = 3;

/** Every id asked for is in the map, with empty facts where nothing is known. */
export async function loadLedger(
  db: Queryable,
  customerIds: readonly string[],
  nowMs: number,
): Promise<Map<string, LedgerFacts>> {
  const [statements, activity] = await Promise.all([
    loadLatestStatements(db, customerIds, STATEMENT_WINDOW),
    loadActivity(db, customerIds, nowMs),
  ]);
  return new Map(
    customerIds.map((customerId) => {
      const latest = statements.get(customerId) ?? [];
      const { incomeMinor, transactionCount } = activity.get(customerId) ?? { incomeMinor: null, transactionCount: 0 };
      return [
        customerId,
        {
          statements: latest,
          lastClosedAtMs: latest.at(-1)?.closedAtMs ?? null,
          observedIncomeMinor: incomeMinor === null ? null : Math.floor(incomeMinor / INCOME_WINDOW_MONTHS),
          transactionCount,
        },
      ];
    }),
  );
}

interface Activity {
  /** Sum over the window. */
  readonly incomeMinor: number | null;
  readonly transactionCount: number;
}

async function loadActivity(
  db: Queryable,
  customerIds: readonly string[],
  nowMs: number,
): Promise<Map<string, Activity>> {
  const { rows } = await db.query<{ customer_id: string; income_minor: number | null; transactions: number }>({
    name: 'ledger-load-activity',
    // Amounts are bounded, their number is not: a sum stays a number that JavaScript holds exactly. Amounts are positive,
    // so a sum of 0 is no income at all.
    text: `
      select customer_id, count(*) as transactions,
        nullif(least(coalesce(sum(amount_minor) filter (where type = 'income'), 0), 9007199254740991), 0)::int8 as income_minor
      from transactions
      where customer_id = any($1::text[]) and occurred_at > $2
      group by customer_id`,
    values: [customerIds, new Date(nowMs - INCOME_WINDOW_MS)],
  });
  return new Map(
    rows.map((row) => [row.customer_id, { incomeMinor: row.income_minor, transactionCount: row.transactions }]),
  );
}
