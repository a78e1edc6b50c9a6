import { isEcsError } from '../lib/errors.ts';
import { cardLedgerRowToStatements, parseCardLedgerRow } from './card-ledger-row.ts';

const RECORD: Readonly<Record<string, string>> = {
  ID: '7',
  LIMIT_BAL: '20000',
  SEX: '2',
  PAY_0: '2',
  PAY_2: '0',
  PAY_3: '-1',
  PAY_4: '-2',
  PAY_5: '0',
  PAY_6: '1',
  BILL_AMT1: '3913',
  BILL_AMT2: '3102',
  BILL_AMT3: '-689',
  BILL_AMT4: '0',
  BILL_AMT5: '50.0',
  BILL_AMT6: '60',
  PAY_AMT1: '0',
  PAY_AMT2: '689',
  PAY_AMT3: '30',
  PAY_AMT4: '40',
  PAY_AMT5: '50',
  PAY_AMT6: '60',
};
const MONTHS = [1, 2, 3, 4, 5, 6];

function refusedColumn(record: Readonly<Record<string, string>>): unknown {
  try {
    parseCardLedgerRow(record);
  } catch (error) {
    return isEcsError(error, 'ECS_FILE_INVALID') ? error.facts.column : error;
  }
  return null;
}

describe('a card ledger row', () => {
  it('becomes six statements, oldest first, in minor units', () => {
    const statements = cardLedgerRowToStatements(parseCardLedgerRow(RECORD), MONTHS);
    expect(statements.map((one) => [one.standing, one.monthsPastDue, one.balanceMinor, one.paidMinor])).toEqual([
      ['past_due', 1, 6_000, 6_000],
      ['revolving', 0, 5_000, 5_000],
      ['inactive', 0, 0, 4_000],
      ['paid_in_full', 0, -68_900, 3_000],
      ['revolving', 0, 310_200, 68_900],
      ['past_due', 2, 391_300, 0],
    ]);
    expect(statements.map((one) => one.closedAtMs)).toEqual(MONTHS);
    expect(new Set(statements.map((one) => one.limitMinor))).toEqual(new Set([2_000_000]));
  });

  it.each([
    ['LIMIT_BAL', '-1'],
    ['LIMIT_BAL', ''],
    ['PAY_0', '13'],
    ['PAY_3', '-3'],
    ['PAY_6', '1.5'],
    ['BILL_AMT4', 'NaN'],
    ['BILL_AMT4', '1e5'],
    ['PAY_AMT2', '-5'],
    ['PAY_AMT6', '99999999999'],
    ['ID', ''],
  ])('refuses %s = "%s" by the name of the column', (column, text) => {
    expect(refusedColumn({ ...RECORD, [column]: text })).toBe(column);
  });

  it('refuses a missing column by its name', () => {
    const { BILL_AMT3: _, ...rest } = RECORD;
    expect(refusedColumn(rest)).toBe('BILL_AMT3');
  });

  it('reads a row that has no sex, education, marriage or age', () => {
    const { SEX: _, ...rest } = RECORD;
    expect(parseCardLedgerRow(rest)).toEqual(parseCardLedgerRow(RECORD));
  });

  it('needs six closing instants', () => {
    expect(() => cardLedgerRowToStatements(parseCardLedgerRow(RECORD), [1])).toThrow('six');
  });
});
