import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AMOUNT_MINOR_MAX } from '../lib/money.ts';
import { closeStatement, deriveStanding, NO_MOVEMENT, type PeriodSums } from './close-statement.ts';
import type { Statement } from './statement.ts';

const CLOSED_AT = Date.UTC(2026, 10, 1);

function statement(fields: Partial<Statement> = {}): Statement {
  return {
    closedAtMs: Date.UTC(2026, 9, 1),
    balanceMinor: 0,
    minimumDueMinor: 0,
    paidMinor: 0,
    monthsPastDue: 0,
    standing: 'inactive',
    limitMinor: null,
    ...fields,
  };
}

const owed = (balanceMinor: number, minimumDueMinor: number, monthsPastDue = 0) =>
  statement({ balanceMinor, minimumDueMinor, monthsPastDue, standing: monthsPastDue > 0 ? 'past_due' : 'revolving' });

describe('closeStatement', () => {
  test.each<[string, Statement | null, Partial<PeriodSums>, Partial<Statement>]>([
    ['a new account that was not used', null, {}, { balanceMinor: 0, standing: 'inactive', minimumDueMinor: 0 }],
    [
      'the first purchases: nothing was due yet',
      null,
      { purchasesMinor: 50_000 },
      { balanceMinor: 50_000, standing: 'paid_in_full', minimumDueMinor: 2_500 },
    ],
    [
      'everything that adds and everything that takes off',
      owed(10_000, 1_000),
      {
        purchasesMinor: 5_000,
        cashAdvancesMinor: 2_000,
        feesMinor: 300,
        interestMinor: 200,
        paymentsMinor: 1_500,
        refundsMinor: 1_000,
      },
      { balanceMinor: 15_000, paidMinor: 1_500, standing: 'revolving', minimumDueMinor: 1_000 },
    ],
    [
      'paid to the last cent and used again',
      owed(10_000, 1_000),
      { purchasesMinor: 30_000, paymentsMinor: 10_000 },
      { balanceMinor: 30_000, standing: 'paid_in_full', minimumDueMinor: 1_500 },
    ],
    [
      'one cent short of everything',
      owed(10_000, 1_000),
      { paymentsMinor: 9_999 },
      { balanceMinor: 1, standing: 'revolving', minimumDueMinor: 1 },
    ],
    [
      'exactly what was due',
      owed(10_000, 1_000),
      { paymentsMinor: 1_000 },
      { standing: 'revolving', monthsPastDue: 0 },
    ],
    [
      'one cent short of what was due',
      owed(10_000, 1_000),
      { paymentsMinor: 999 },
      { balanceMinor: 9_001, standing: 'past_due', monthsPastDue: 1, minimumDueMinor: 1_001 },
    ],
    [
      'nothing paid, again',
      owed(10_000, 2_000, 1),
      {},
      { balanceMinor: 10_000, standing: 'past_due', monthsPastDue: 2, minimumDueMinor: 3_000 },
    ],
    [
      'what was past due is paid: the months are forgotten',
      owed(10_000, 3_000, 2),
      { paymentsMinor: 3_000 },
      { standing: 'revolving', monthsPastDue: 0, minimumDueMinor: 1_000 },
    ],
    [
      'what is due is never more than what is owed',
      owed(800, 800, 1),
      { interestMinor: 10 },
      { balanceMinor: 810, standing: 'past_due', monthsPastDue: 2, minimumDueMinor: 810 },
    ],
    [
      'a refund of everything owes nothing, paid or not',
      owed(10_000, 1_000),
      { refundsMinor: 10_000 },
      { balanceMinor: 0, standing: 'paid_in_full', monthsPastDue: 0, minimumDueMinor: 0 },
    ],
    [
      'a refund is no payment',
      owed(10_000, 1_000),
      { refundsMinor: 5_000 },
      { balanceMinor: 5_000, paidMinor: 0, standing: 'past_due', monthsPastDue: 1 },
    ],
    [
      'paid too much is a credit balance',
      owed(10_000, 1_000),
      { paymentsMinor: 12_000 },
      { balanceMinor: -2_000, standing: 'paid_in_full', minimumDueMinor: 0 },
    ],
    [
      'a credit balance without use',
      statement({ balanceMinor: -2_000 }),
      {},
      { balanceMinor: -2_000, standing: 'inactive' },
    ],
    [
      'use that a credit balance covers',
      statement({ balanceMinor: -2_000 }),
      { purchasesMinor: 500 },
      { balanceMinor: -1_500, standing: 'paid_in_full' },
    ],
    [
      'paid off, then silent',
      statement({ standing: 'paid_in_full', paidMinor: 500 }),
      {},
      { balanceMinor: 0, paidMinor: 0, standing: 'inactive' },
    ],
    [
      'sums beyond any bound stand still at it',
      null,
      { purchasesMinor: Number.MAX_SAFE_INTEGER, paymentsMinor: 5 },
      { balanceMinor: AMOUNT_MINOR_MAX, standing: 'paid_in_full' },
    ],
  ])('%s', (_, previous, sums, expected) => {
    const closed = closeStatement(previous, { ...NO_MOVEMENT, ...sums }, CLOSED_AT, 70_000);
    expect(closed).toMatchObject({ closedAtMs: CLOSED_AT, limitMinor: 70_000, monthsPastDue: 0, ...expected });
  });

  const amount = fc.integer({ min: 0, max: 10_000_000 });
  const anySums: fc.Arbitrary<PeriodSums> = fc.record({
    purchasesMinor: amount,
    cashAdvancesMinor: amount,
    feesMinor: amount,
    interestMinor: amount,
    paymentsMinor: amount,
    refundsMinor: amount,
  });

  test('over any months: the balance is the sum of all movements, and every statement makes sense', () => {
    fc.assert(
      fc.property(fc.array(anySums, { minLength: 1, maxLength: 24 }), (months) => {
        let previous: Statement | null = null;
        let balanceMinor = 0;
        for (const sums of months) {
          const closed: Statement = closeStatement(previous, sums, CLOSED_AT, null);
          balanceMinor += sums.purchasesMinor + sums.cashAdvancesMinor + sums.feesMinor + sums.interestMinor;
          balanceMinor -= sums.paymentsMinor + sums.refundsMinor;
          expect(closed.balanceMinor).toBe(balanceMinor);
          expect(closed.minimumDueMinor).toBeGreaterThanOrEqual(0);
          expect(closed.minimumDueMinor).toBeLessThanOrEqual(Math.max(0, balanceMinor));
          expect(closed.standing === 'past_due').toBe(closed.monthsPastDue > 0);
          if (closed.standing === 'past_due') expect(closed.monthsPastDue).toBe((previous?.monthsPastDue ?? 0) + 1);
          previous = closed;
        }
      }),
    );
  });

  test('paying more never makes the standing worse', () => {
    const rank = { past_due: 0, revolving: 1, paid_in_full: 2, inactive: 3 } as const;
    const previous = fc.record({ balance: amount, share: fc.integer({ min: 0, max: 100 }), months: fc.nat(5) });
    fc.assert(
      fc.property(previous, anySums, amount, ({ balance, share, months }, sums, more) => {
        const before = owed(balance, Math.floor((balance * share) / 100), months);
        const less = closeStatement(before, sums, CLOSED_AT, null);
        const paid = closeStatement(before, { ...sums, paymentsMinor: sums.paymentsMinor + more }, CLOSED_AT, null);
        expect(rank[paid.standing]).toBeGreaterThanOrEqual(rank[less.standing]);
        expect(paid.monthsPastDue).toBeLessThanOrEqual(less.monthsPastDue);
      }),
    );
  });
});

describe('deriveStanding', () => {
  test.each([
    [
      'months past due are believed',
      { balanceMinor: 1_000 },
      { balanceMinor: 0, paidMinor: 9_999, monthsPastDue: 1 },
      'past_due',
    ],
    [
      'nothing owed and nothing paid',
      { balanceMinor: 0 },
      { balanceMinor: 0, paidMinor: 0, monthsPastDue: 0 },
      'inactive',
    ],
    ['paid off', { balanceMinor: 500 }, { balanceMinor: 0, paidMinor: 500, monthsPastDue: 0 }, 'paid_in_full'],
    [
      'paid in full and used again',
      { balanceMinor: 500 },
      { balanceMinor: 900, paidMinor: 500, monthsPastDue: 0 },
      'paid_in_full',
    ],
    ['paid in part', { balanceMinor: 500 }, { balanceMinor: 900, paidMinor: 499, monthsPastDue: 0 }, 'revolving'],
    [
      'first use after nothing owed',
      { balanceMinor: 0 },
      { balanceMinor: 900, paidMinor: 0, monthsPastDue: 0 },
      'paid_in_full',
    ],
    ['a balance with nothing known before', null, { balanceMinor: 900, paidMinor: 900, monthsPastDue: 0 }, 'revolving'],
    ['no balance with nothing known before', null, { balanceMinor: 0, paidMinor: 0, monthsPastDue: 0 }, 'inactive'],
    ['a payment with nothing known before', null, { balanceMinor: 0, paidMinor: 1, monthsPastDue: 0 }, 'paid_in_full'],
  ] as const)('%s', (_, previous, figures, standing) => {
    expect(deriveStanding(previous, figures)).toBe(standing);
  });
});
