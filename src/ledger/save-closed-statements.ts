// Closes the ended periods of a batch of accounts inside one transaction: posts their transactions, writes the
// statements, opens the next period. Every transaction is posted exactly once, because the sums are those of the rows
// that this very update marked.
import { binaryArray, type Queryable, queueDecisions } from '../db/index.ts';
import { closeStatement, NO_MOVEMENT, type PeriodSums } from './close-statement.ts';
import { hashContent } from './content-hash.ts';
import { loadLatestStatements } from './load-latest-statements.ts';
import { loadLimitsAt } from './load-limits-at.ts';
import { monthStartOf } from './months.ts';
import type { Statement } from './statement.ts';
import { listEndedPeriods, type OpenAccount, type StatementPeriod } from './statement-periods.ts';

/** Gives back how many statements were written; 0 when nothing is due, or all that is due is being decided about. */
export async function saveClosedStatements(
  tx: Queryable,
  options: { readonly nowMs: number; readonly graceMs: number; readonly batchSize: number },
): Promise<number> {
  const untilMs = monthStartOf(options.nowMs - options.graceMs);
  const periods = await claimPeriods(tx, untilMs, options.batchSize);
  if (periods.length === 0) return 0;
  const customerIds = [...new Set(periods.map((period) => period.customerId))];
  const sums = await postTransactions(tx, periods);
  const limits = await loadLimitsAt(tx, periods);
  const latest = await loadLatestStatements(tx, customerIds, 1);
  const statements = closePeriods(periods, sums, limits, latest);
  await insertStatements(tx, statements, options.nowMs);
  await moveOpenPeriods(tx, statements);
  await queueDecisions(tx, customerIds, 'statement', options.nowMs);
  return statements.length;
}

/**
 * Accounts that a decision or another closer holds are left for the next run, and so are customers whose transactions are
 * being counted: whoever counts them relies on the period that is open, and tells by it what comes late.
 */
async function claimPeriods(tx: Queryable, untilMs: number, batchSize: number): Promise<StatementPeriod[]> {
  const { rows } = await tx.query<{ customer_id: string; open_period_at: Date; unposted_from_at: Date | null }>({
    name: 'ledger-claim-periods',
    text: `
      select a.customer_id, a.open_period_at, a.unposted_from_at
      from credit_accounts a join customers c on c.customer_id = a.customer_id
      where a.statements_by = 'ecs' and a.open_period_at < $1
      order by a.open_period_at
      limit $2
      for no key update of c skip locked
      for update of a skip locked`,
    values: [new Date(untilMs), batchSize],
  });
  return rows.flatMap((row) => listEndedPeriods(toOpenAccount(row), untilMs));
}

function toOpenAccount(row: {
  readonly customer_id: string;
  readonly open_period_at: Date;
  readonly unposted_from_at: Date | null;
}): OpenAccount {
  return {
    customerId: row.customer_id,
    openPeriodAtMs: row.open_period_at.getTime(),
    unpostedFromMs: row.unposted_from_at?.getTime() ?? null,
  };
}

interface SumsRow {
  readonly customer_id: string;
  readonly closed_at: Date;
  readonly purchases: number;
  readonly cash_advances: number;
  readonly fees: number;
  readonly interest: number;
  readonly payments: number;
  readonly refunds: number;
}

const keyOf = (customerId: string, closedAtMs: number) => `${customerId} ${closedAtMs}`;

async function postTransactions(tx: Queryable, periods: readonly StatementPeriod[]): Promise<Map<string, PeriodSums>> {
  const { rows } = await tx.query<SumsRow>(
    `with posted as (
       update transactions t set statement_closed_at = p.closed_at
       from unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) as p (customer_id, from_at, closed_at)
       where t.customer_id = p.customer_id and t.statement_closed_at is null
         and t.occurred_at >= p.from_at and t.occurred_at < p.closed_at
       returning t.customer_id, t.statement_closed_at as closed_at, t.type, t.amount_minor
     )
     select customer_id, closed_at, ${SUM_COLUMNS}
     from posted
     group by customer_id, closed_at`,
    [
      binaryArray.text(periods.map((period) => period.customerId)),
      binaryArray.timestamptz(periods.map((period) => period.fromMs)),
      binaryArray.timestamptz(periods.map((period) => period.closedAtMs)),
    ],
  );
  return new Map(rows.map((row) => [keyOf(row.customer_id, row.closed_at.getTime()), toSums(row)]));
}

/** Amounts are bounded, their number is not: a sum stays a number that JavaScript holds exactly. */
const SUM_COLUMNS = Object.entries({
  purchases: 'purchase',
  cash_advances: 'cash_advance',
  fees: 'fee',
  interest: 'interest',
  payments: 'payment',
  refunds: 'refund',
})
  .map(
    ([column, type]) =>
      `least(coalesce(sum(amount_minor) filter (where type = '${type}'), 0), 9007199254740991)::int8 as ${column}`,
  )
  .join(', ');

function toSums(row: SumsRow): PeriodSums {
  return {
    purchasesMinor: row.purchases,
    cashAdvancesMinor: row.cash_advances,
    feesMinor: row.fees,
    interestMinor: row.interest,
    paymentsMinor: row.payments,
    refundsMinor: row.refunds,
  };
}

type ClosedStatement = Statement & { readonly customerId: string };

/** An account's periods come one after the other, each closed on the statement of the one before. */
function closePeriods(
  periods: readonly StatementPeriod[],
  sums: ReadonlyMap<string, PeriodSums>,
  limits: readonly (number | null)[],
  latest: ReadonlyMap<string, readonly Statement[]>,
): ClosedStatement[] {
  let before: ClosedStatement | null = null;
  return periods.map(({ customerId, closedAtMs }, index) => {
    const previous: Statement | null =
      before?.customerId === customerId ? before : (latest.get(customerId)?.at(-1) ?? null);
    const movement = sums.get(keyOf(customerId, closedAtMs)) ?? NO_MOVEMENT;
    before = { customerId, ...closeStatement(previous, movement, closedAtMs, limits[index] ?? null) };
    return before;
  });
}

async function insertStatements(tx: Queryable, statements: readonly ClosedStatement[], nowMs: number): Promise<void> {
  const hashes = statements.map(({ customerId: _, ...figures }) => hashContent(Object.values(figures)));
  await tx.query(
    `insert into statements (customer_id, closed_at, closed_by, balance_minor, minimum_due_minor, paid_minor, months_past_due, standing, limit_minor, content_hash, received_at)
     select customer_id, closed_at, 'ecs', balance_minor, minimum_due_minor, paid_minor, months_past_due, standing, limit_minor,
       (hash_high::int8 << 32) | hash_low, $11
     from unnest($1::text[], $2::timestamptz[], $3::int8[], $4::int8[], $5::int8[], $6::int4[], $7::text[], $8::int8[], $9::int4[], $10::int8[])
       as given (customer_id, closed_at, balance_minor, minimum_due_minor, paid_minor, months_past_due, standing, limit_minor, hash_high, hash_low)`,
    [
      binaryArray.text(statements.map((statement) => statement.customerId)),
      binaryArray.timestamptz(statements.map((statement) => statement.closedAtMs)),
      binaryArray.int8(statements.map((statement) => statement.balanceMinor)),
      binaryArray.int8(statements.map((statement) => statement.minimumDueMinor)),
      binaryArray.int8(statements.map((statement) => statement.paidMinor)),
      binaryArray.int4(statements.map((statement) => statement.monthsPastDue)),
      binaryArray.text(statements.map((statement) => statement.standing)),
      binaryArray.int8(statements.map((statement) => statement.limitMinor)),
      binaryArray.int4(hashes.map((hash) => hash.high)),
      binaryArray.int8(hashes.map((hash) => hash.low)),
      new Date(nowMs),
    ],
  );
}

/** The next period begins where the last statement closed; whatever lies before that is posted now. */
async function moveOpenPeriods(tx: Queryable, statements: readonly ClosedStatement[]): Promise<void> {
  const closedAt = new Map(statements.map((statement) => [statement.customerId, statement.closedAtMs]));
  await tx.query(
    `update credit_accounts a set open_period_at = n.open_period_at, unposted_from_at = null
     from unnest($1::text[], $2::timestamptz[]) as n (customer_id, open_period_at)
     where a.customer_id = n.customer_id`,
    [binaryArray.text([...closedAt.keys()]), binaryArray.timestamptz([...closedAt.values()])],
  );
}
