// One row of a card ledger table (the layout of UCI data set 350: a limit, six monthly statuses, balances and payments)
// as six statements. Training and `ecs import card-ledger` both go through here, so that they read a row alike.
import { assert } from '../lib/assert.ts';
import { EcsError } from '../lib/errors.ts';
import { STATEMENT_WINDOW, type Standing, type Statement } from './statement.ts';

/** Columns that are read, each list oldest statement first. The table has no PAY_1: PAY_0 is followed by PAY_2. */
export const CARD_LEDGER_COLUMNS = {
  id: 'ID',
  limit: 'LIMIT_BAL',
  status: ['PAY_6', 'PAY_5', 'PAY_4', 'PAY_3', 'PAY_2', 'PAY_0'],
  balance: ['BILL_AMT6', 'BILL_AMT5', 'BILL_AMT4', 'BILL_AMT3', 'BILL_AMT2', 'BILL_AMT1'],
  paid: ['PAY_AMT6', 'PAY_AMT5', 'PAY_AMT4', 'PAY_AMT3', 'PAY_AMT2', 'PAY_AMT1'],
} as const;

const MINOR_PER_UNIT = 100;
const STATUS_MIN = -2;
const STATUS_MAX = 12;

/** Lists are oldest statement first. */
export interface CardLedgerRow {
  readonly id: string;
  readonly limitMinor: number;
  /** -2 inactive, -1 paid in full, 0 revolving, k >= 1 months past due. */
  readonly statuses: readonly number[];
  readonly balancesMinor: readonly number[];
  readonly paidMinor: readonly number[];
}

/** Reads a CSV record; a missing or senseless value is refused by the name of its column. */
export function parseCardLedgerRow(record: Readonly<Record<string, string>>): CardLedgerRow {
  const id = record[CARD_LEDGER_COLUMNS.id];
  if (id === undefined || id === '') throw badColumn(CARD_LEDGER_COLUMNS.id, id);
  return {
    id,
    limitMinor: parseAmountMinor(record, CARD_LEDGER_COLUMNS.limit, 0),
    statuses: CARD_LEDGER_COLUMNS.status.map((column) => parseStatus(record, column)),
    balancesMinor: CARD_LEDGER_COLUMNS.balance.map((column) => parseAmountMinor(record, column)),
    paidMinor: CARD_LEDGER_COLUMNS.paid.map((column) => parseAmountMinor(record, column, 0)),
  };
}

/** Six statements, oldest first. The table does not tell the minimum due: it is 0. */
export function cardLedgerRowToStatements(row: CardLedgerRow, closedAtMs: readonly number[]): Statement[] {
  assert(closedAtMs.length === STATEMENT_WINDOW, 'a card ledger row is six statements');
  return closedAtMs.map((closedAt, index) => {
    const status = row.statuses[index];
    const balanceMinor = row.balancesMinor[index];
    const paidMinor = row.paidMinor[index];
    assert(status !== undefined && balanceMinor !== undefined && paidMinor !== undefined, 'six values per list');
    return {
      closedAtMs: closedAt,
      balanceMinor,
      minimumDueMinor: 0,
      paidMinor,
      monthsPastDue: Math.max(status, 0),
      standing: standingOf(status),
      limitMinor: row.limitMinor,
    };
  });
}

function standingOf(status: number): Standing {
  if (status > 0) return 'past_due';
  if (status === 0) return 'revolving';
  return status === -1 ? 'paid_in_full' : 'inactive';
}

function parseStatus(record: Readonly<Record<string, string>>, column: string): number {
  const text = record[column];
  const status = parseWhole(text);
  if (status === null || status < STATUS_MIN || status > STATUS_MAX) throw badColumn(column, text);
  return status;
}

function parseAmountMinor(record: Readonly<Record<string, string>>, column: string, minimum = -Infinity): number {
  const text = record[column];
  const units = parseWhole(text);
  if (units === null || units < minimum) throw badColumn(column, text);
  return units * MINOR_PER_UNIT + 0; // + 0: a written -0 is 0
}

/** Some copies of the table write whole numbers as `20000.0`. */
function parseWhole(text: string | undefined): number | null {
  if (text === undefined || !/^-?\d{1,10}(\.0+)?$/.test(text)) return null;
  return Number(text);
}

function badColumn(column: string, text: string | undefined): EcsError {
  const found = text === undefined ? 'is missing' : `holds ${JSON.stringify(text.slice(0, 40))}`;
  return new EcsError('ECS_FILE_INVALID', `column ${column} ${found}, which a card ledger cannot hold`, {
    facts: { column },
  });
}
