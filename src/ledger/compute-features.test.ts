import fc from 'fast-check';
import { computeFeatures } from './compute-features.ts';
import { FEATURE_NAMES, type FeatureName } from './feature-names.ts';
import type { Statement } from './statement.ts';

const UNIT_MINOR = 14_000_000;

type Short = readonly [status: number, balanceMinor: number, paidMinor: number, limitMinor?: number | null];

function statement([status, balanceMinor, paidMinor, limitMinor = 1_000_000]: Short): Statement {
  return {
    closedAtMs: 0,
    balanceMinor,
    minimumDueMinor: 0,
    paidMinor,
    monthsPastDue: Math.max(status, 0),
    standing: status > 0 ? 'past_due' : status === 0 ? 'revolving' : status === -1 ? 'paid_in_full' : 'inactive',
    limitMinor,
  };
}

function featuresOf(history: readonly Short[], unitMinor = UNIT_MINOR): Record<FeatureName, number> {
  const features = computeFeatures(history.map(statement), unitMinor);
  return Object.fromEntries(FEATURE_NAMES.map((name, index) => [name, features[index]])) as Record<FeatureName, number>;
}

// Oldest first.
const MIXED: readonly Short[] = [
  [0, 500_000, 0],
  [0, 400_000, 200_000],
  [1, 600_000, 100_000],
  [0, 300_000, 300_000],
  [-1, 0, 300_000],
  [2, 200_000, 50_000],
];

function expectClose(actual: number, expected: number): void {
  if (Number.isNaN(expected)) expect(actual).toBeNaN();
  else expect(actual).toBeCloseTo(expected, 8);
}

const withLatest = (latest: Short): readonly Short[] => [...MIXED.slice(0, 5), latest];
const same = (short: Short): readonly Short[] => Array.from({ length: 6 }, () => short);

describe('computeFeatures', () => {
  it('has 23 features with stable, unique names', () => {
    expect(FEATURE_NAMES).toHaveLength(23);
    expect(new Set(FEATURE_NAMES).size).toBe(23);
  });

  it.each<[FeatureName, number]>([
    ['status_latest', 2],
    ['status_previous', -1],
    ['status_third', 0],
    ['worst_months_past_due', 2],
    ['sum_months_past_due', 3],
    ['late_statements', 2],
    ['statements_since_late', 0],
    ['inactive_statements', 0],
    ['paid_in_full_statements', 1],
    ['utilisation_latest', 0.2],
    ['utilisation_mean', 2 / 6],
    ['utilisation_max', 0.6],
    ['utilisation_trend', 0.5 / 3 - 1.5 / 3],
    ['payment_ratio_latest', Number.NaN],
    ['payment_ratio_mean', (1 + 0.5 + 0.25 + 0.4) / 4],
    ['unpaid_statements', 0],
    ['log_payment_latest', Math.log(1 + 50_000 / UNIT_MINOR)],
    ['log_payment_previous', Math.log(1 + 300_000 / UNIT_MINOR)],
    ['log_payment_median', Math.log(1 + 150_000 / UNIT_MINOR)],
    ['log_payment_sum', Math.log(1 + 950_000 / UNIT_MINOR)],
    ['spend_rate_mean', (0.25 + 0 + 0 + 0.3 + 0.1) / 5],
    ['signed_log_balance', Math.log(1 + 200_000 / UNIT_MINOR)],
    ['balance_deviation', 0.197202658],
  ])('%s of a mixed history', (name, expected) => {
    expectClose(featuresOf(MIXED)[name], expected);
  });

  it.each<[string, readonly Short[], Partial<Record<FeatureName, number>>]>([
    ['never late', same([0, 100, 10]), { statements_since_late: 6, worst_months_past_due: 0, late_statements: 0 }],
    ['late only six statements ago', [[3, 1, 1], ...same([0, 1, 1]).slice(1)], { statements_since_late: 5 }],
    ['always late', same([4, 100, 0]), { sum_months_past_due: 24, late_statements: 6, unpaid_statements: 5 }],
    ['inactive throughout', same([-2, 0, 0]), { inactive_statements: 6, payment_ratio_mean: 1, unpaid_statements: 0 }],
    ['no balance before', withLatest([0, 5, 7]), { payment_ratio_latest: Number.NaN }],
    ['paid far more than owed', same([-1, 100, 1_000]), { payment_ratio_latest: 2, payment_ratio_mean: 2 }],
    [
      'a credit balance',
      withLatest([-1, -UNIT_MINOR, 0]),
      { signed_log_balance: -Math.log(2), utilisation_latest: -14 },
    ],
    ['a credit balance owes nothing', same([-1, -100, 50]), { payment_ratio_mean: 1, unpaid_statements: 0 }],
    [
      'repayments are no negative spend',
      same([0, 0, 0]).map((s, i) => [s[0], 600 - 100 * i, 0] as Short),
      { spend_rate_mean: 0 },
    ],
    ['over the limit', same([0, 1_100_000, 0]), { utilisation_max: 1.1, utilisation_trend: 0, balance_deviation: 0 }],
    ['zero limit', same([0, 100, 1, 0]), { utilisation_latest: Number.NaN, spend_rate_mean: Number.NaN }],
    ['no limit', same([0, 100, 1, null]), { utilisation_mean: Number.NaN, balance_deviation: Number.NaN }],
    [
      'the limit of each statement is its own',
      [...same([0, 100, 0, 1_000]).slice(0, 5), [0, 100, 0, 200]],
      { utilisation_latest: 0.5, utilisation_mean: 1 / 6, utilisation_max: 0.5 },
    ],
    [
      'one statement without a limit blanks the windows only',
      [[0, 100, 0, null], ...same([0, 100, 0, 1_000]).slice(1)],
      {
        utilisation_latest: 0.1,
        utilisation_mean: Number.NaN,
        utilisation_max: Number.NaN,
        utilisation_trend: Number.NaN,
        balance_deviation: Number.NaN,
        spend_rate_mean: 0,
      },
    ],
  ])('%s', (_, history, expected) => {
    const features = featuresOf(history);
    for (const [name, value] of Object.entries(expected)) expectClose(features[name as FeatureName], value);
  });

  describe('thin files', () => {
    it('knows nothing without a statement', () => {
      expect([...computeFeatures([], UNIT_MINOR)]).toEqual(FEATURE_NAMES.map(() => Number.NaN));
    });

    it.each<[number, readonly FeatureName[]]>([
      [1, ['status_latest', 'utilisation_latest', 'log_payment_latest', 'signed_log_balance']],
      [
        2,
        [
          'status_latest',
          'status_previous',
          'utilisation_latest',
          'payment_ratio_latest',
          'log_payment_latest',
          'log_payment_previous',
          'signed_log_balance',
        ],
      ],
      [
        5,
        [
          'status_latest',
          'status_previous',
          'status_third',
          'utilisation_latest',
          'payment_ratio_latest',
          'log_payment_latest',
          'log_payment_previous',
          'signed_log_balance',
        ],
      ],
    ])('tells from %i clean statements only what they show', (count, known) => {
      const features = featuresOf(same([0, 100_000, 5_000]).slice(0, count));
      expect(FEATURE_NAMES.filter((name) => !Number.isNaN(features[name]))).toEqual(known);
    });

    it('counts bad news from the first statement on', () => {
      expect(featuresOf([[3, 100_000, 0]])).toMatchObject({
        worst_months_past_due: 3,
        sum_months_past_due: 3,
        late_statements: 1,
        statements_since_late: 0,
      });
      expect(
        featuresOf([
          [1, 100_000, 0],
          [0, 100_000, 0],
        ]),
      ).toMatchObject({ late_statements: 1, statements_since_late: 1, unpaid_statements: 1 });
    });
  });

  const history = fc.array(
    fc.tuple(
      fc.integer({ min: -2, max: 8 }),
      fc.integer({ min: -5_000_000, max: 50_000_000 }),
      fc.integer({ min: 0, max: 50_000_000 }),
      fc.option(fc.integer({ min: 0, max: 100_000_000 })),
    ),
    { minLength: 6, maxLength: 6 },
  );

  it('looks at the last six statements and at nothing before them', () => {
    fc.assert(
      fc.property(history, history, (older, latest) => {
        expect([...computeFeatures([...older, ...latest].map(statement), UNIT_MINOR)]).toEqual([
          ...computeFeatures(latest.map(statement), UNIT_MINOR),
        ]);
      }),
    );
  });

  it('does not depend on the currency: amounts and unit scaled alike give the same features', () => {
    fc.assert(
      fc.property(history, fc.constantFrom(2, 8, 64), (shorts, scale) => {
        const scaled = shorts.map(([status, balance, paid, limit]): Short => {
          return [status, balance * scale, paid * scale, limit === null ? null : limit * scale];
        });
        expect([...computeFeatures(scaled.map(statement), UNIT_MINOR * scale)]).toEqual([
          ...computeFeatures(shorts.map(statement), UNIT_MINOR),
        ]);
      }),
    );
  });

  it('refuses a reference unit that is not positive', () => {
    expect(() => computeFeatures([], 0)).toThrow('reference unit');
  });
});
