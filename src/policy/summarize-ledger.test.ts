import type { Statement } from '../ledger/index.ts';
import { incomeOf } from './income-of.ts';
import { summarizeLedger } from './summarize-ledger.ts';

const statement = (balanceMinor: number, paidMinor: number, monthsPastDue = 0): Statement => ({
  closedAtMs: 0,
  balanceMinor,
  paidMinor,
  minimumDueMinor: 0,
  monthsPastDue,
  standing: monthsPastDue > 0 ? 'past_due' : 'revolving',
  limitMinor: 1_000,
});

test('no statements', () => {
  expect(summarizeLedger([])).toEqual({
    statementCount: 0,
    balanceMinor: 0,
    lateStatements: 0,
    carriedStatements: 0,
    owedMinor: 0,
    paidMinor: 0,
    medianPaidMinor: null,
  });
});

test('a payment counts against the debt of the statement before it', () => {
  const statements = [statement(100, 70), statement(90, 30), statement(-20, 110, 0), statement(50, 5, 1)];
  expect(summarizeLedger(statements)).toEqual({
    statementCount: 4,
    balanceMinor: 50,
    lateStatements: 1,
    carriedStatements: 3,
    // 100 and 90 were owed, 30 and 110 paid against them; a credit balance is owed nothing on.
    owedMinor: 190,
    paidMinor: 140,
    medianPaidMinor: 30,
  });
});

test('a credit balance is no debt', () => {
  expect(summarizeLedger([statement(-20, 0)]).balanceMinor).toBe(0);
});

test.each([
  [null, null, null],
  [500, null, { incomeMinor: 500, declared: true }],
  [null, 300, { incomeMinor: 300, declared: false }],
  [500, 300, { incomeMinor: 500, declared: true }],
  [0, 300, { incomeMinor: 0, declared: true }],
])('income declared %p, observed %p', (declaredIncomeMinor, observedIncomeMinor, income) => {
  expect(incomeOf({ declaredIncomeMinor, observedIncomeMinor })).toEqual(income);
});
