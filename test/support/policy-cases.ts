// One line per case: facts and PD in, wanted limit and reasons in their order out. Every reason of the policy rules has
// a row here or in the table of settled limits; a test fails where one has not.
import { DAY_MS } from '../../src/lib/clock.ts';
import type { PackName, PolicyFacts, ReasonCode } from '../../src/policy/index.ts';
import { makeFacts, makeNewFacts, NOW_MS } from './policy-facts.ts';

export interface PolicyCase {
  readonly name: string;
  readonly facts: PolicyFacts;
  readonly pd: number;
  /** `generic` where absent. */
  readonly pack?: PackName;
  readonly limitMinor: number;
  /** True where absent. */
  readonly approved?: boolean;
  readonly reasons: readonly ReasonCode[];
}

const days = (count: number) => NOW_MS - count * DAY_MS;

// EUR: one unit is 3,000.00, steps of 50.00, smallest limit 200.00. Bands: 1 % 3 x income and 8 units, 2 % 2 x and 6,
// 4 % 1.5 x and 5, 7 % 1 x and 3, 12 % 0.5 x and 1.5. Repayment: 10 % of income over 3.8 %.
export const POLICY_CASES: readonly PolicyCase[] = [
  // A person looks at it.
  {
    name: 'a currency without amounts',
    facts: makeNewFacts({ currency: 'JPY' }),
    pd: 0.01,
    limitMinor: 0,
    approved: false,
    reasons: ['currency_not_covered'],
  },
  {
    name: 'nothing known at all',
    facts: makeNewFacts({ income: { declaredIncomeMinor: null }, ledger: { statementCount: 0 } }),
    pd: 0.01,
    limitMinor: 0,
    approved: false,
    reasons: ['no_history_no_income'],
  },
  {
    name: 'opening needs an income where the pack says so',
    facts: makeNewFacts({ income: { declaredIncomeMinor: null } }),
    pd: 0.01,
    pack: 'us',
    limitMinor: 0,
    approved: false,
    reasons: ['income_unknown'],
  },
  // A new account.
  {
    name: 'beyond the cut-off',
    facts: makeNewFacts(),
    pd: 0.121,
    limitMinor: 0,
    approved: false,
    reasons: ['risk_above_cutoff', 'score_status_latest'],
  },
  {
    name: 'at the cut-off still a limit: half the income',
    facts: makeNewFacts(),
    pd: 0.12,
    limitMinor: 150_000,
    reasons: ['income_multiple'],
  },
  {
    name: 'the best band: repayment is what holds',
    facts: makeNewFacts(),
    pd: 0.005,
    limitMinor: 785_000,
    reasons: ['monthly_repayment'],
  },
  {
    name: 'a large income: the band holds',
    facts: makeNewFacts({ income: { declaredIncomeMinor: 9_000_000 } }),
    pd: 0.005,
    limitMinor: 2_400_000,
    reasons: ['risk_band'],
  },
  {
    name: 'few statements: a starting limit',
    facts: makeNewFacts({ ledger: { statementCount: 2 } }),
    pd: 0.005,
    limitMinor: 150_000,
    reasons: ['starting_limit'],
  },
  {
    name: 'never more than asked for',
    facts: makeNewFacts({ requestedLimitMinor: 100_099 }),
    pd: 0.005,
    limitMinor: 100_000,
    reasons: ['requested_amount'],
  },
  {
    name: 'less than the smallest limit was asked for',
    facts: makeNewFacts({ requestedLimitMinor: 15_000 }),
    pd: 0.005,
    limitMinor: 0,
    approved: false,
    reasons: ['request_below_minimum'],
  },
  {
    name: 'the smallest limit is not affordable',
    facts: makeNewFacts({ income: { declaredIncomeMinor: 30_000 } }),
    pd: 0.1,
    limitMinor: 0,
    approved: false,
    reasons: ['income_multiple', 'below_minimum', 'score_status_latest'],
  },
  {
    name: 'no income known: what was paid shows what fits',
    facts: makeNewFacts({ income: { declaredIncomeMinor: null }, ledger: { medianPaidMinor: 7_600 } }),
    pd: 0.005,
    limitMinor: 200_000,
    reasons: ['proven_payments'],
  },
  {
    name: 'asked for more than the risk allows: its drivers are told',
    facts: makeNewFacts({ requestedLimitMinor: 900_000 }),
    pd: 0.06,
    limitMinor: 300_000,
    reasons: ['income_multiple', 'score_status_latest'],
  },
  // Upwards.
  {
    name: 'one step up',
    facts: makeFacts(),
    pd: 0.015,
    limitMinor: 250_000,
    reasons: ['increase_step'],
  },
  {
    name: 'the year holds',
    facts: makeFacts({ account: { lowestInYearMinor: 150_000 } }),
    pd: 0.015,
    limitMinor: 225_000,
    reasons: ['increase_year'],
  },
  {
    name: 'a late payment blocks',
    facts: makeFacts({ ledger: { lateStatements: 1 } }),
    pd: 0.015,
    limitMinor: 200_000,
    reasons: ['late_payment'],
  },
  {
    name: 'persistent debt blocks',
    facts: makeFacts({ ledger: { owedMinor: 1_000_000, paidMinor: 50_000 } }),
    pd: 0.015,
    limitMinor: 200_000,
    reasons: ['persistent_debt'],
  },
  {
    name: 'little was paid, but the debt is not on every statement: no persistent debt',
    facts: makeFacts({ ledger: { owedMinor: 1_000_000, paidMinor: 50_000, carriedStatements: 5 } }),
    pd: 0.015,
    limitMinor: 250_000,
    reasons: ['increase_step'],
  },
  {
    name: 'an unknown income blocks where the pack says so',
    facts: makeFacts({ income: { declaredIncomeMinor: null } }),
    pd: 0.015,
    pack: 'uk',
    limitMinor: 200_000,
    reasons: ['income_unknown'],
  },
  {
    name: 'too soon after the last increase, on its 90th day no longer',
    facts: makeFacts({ account: { lastIncreaseAtMs: days(90) + 1 } }),
    pd: 0.015,
    limitMinor: 200_000,
    reasons: ['increase_too_soon'],
  },
  {
    name: 'on the 90th day it may rise',
    facts: makeFacts({ account: { lastIncreaseAtMs: days(90) } }),
    pd: 0.015,
    limitMinor: 250_000,
    reasons: ['increase_step'],
  },
  {
    name: 'few statements block an increase nobody asked for',
    facts: makeFacts({ ledger: { statementCount: 2 } }),
    pd: 0.015,
    limitMinor: 200_000,
    reasons: ['few_statements'],
  },
  {
    name: 'but not one that was asked for',
    facts: makeFacts({ ledger: { statementCount: 2 }, requestedLimitMinor: 240_000 }),
    pd: 0.015,
    limitMinor: 240_000,
    reasons: ['requested_amount'],
  },
  {
    name: 'several blocks, in precedence',
    facts: makeFacts({ ledger: { lateStatements: 2, statementCount: 2 }, account: { lastIncreaseAtMs: days(1) } }),
    pd: 0.015,
    limitMinor: 200_000,
    reasons: ['late_payment', 'increase_too_soon', 'few_statements'],
  },
  {
    name: 'too small to bother',
    facts: makeFacts({ income: { declaredIncomeMinor: 145_000 } }),
    pd: 0.03,
    limitMinor: 200_000,
    reasons: ['small_change'],
  },
  {
    name: 'small, but asked for',
    facts: makeFacts({ requestedLimitMinor: 205_000 }),
    pd: 0.015,
    limitMinor: 205_000,
    reasons: ['requested_amount'],
  },
  {
    name: 'no more than now: the risk holds, and its drivers are told',
    facts: makeFacts({ income: { declaredIncomeMinor: 200_000 } }),
    pd: 0.06,
    limitMinor: 200_000,
    reasons: ['income_multiple', 'score_status_latest'],
  },
  {
    name: 'asking for less than is in force lowers nothing',
    facts: makeFacts({ requestedLimitMinor: 50_000 }),
    pd: 0.015,
    limitMinor: 200_000,
    reasons: ['requested_amount'],
  },
  {
    name: 'observed income holds an increase',
    facts: makeFacts({ income: { declaredIncomeMinor: null, observedIncomeMinor: 50_000 } }),
    pd: 0.015,
    limitMinor: 200_000,
    reasons: ['income_multiple', 'score_status_latest'],
  },
  // Downwards.
  {
    name: 'one step down',
    facts: makeFacts(),
    pd: 0.11,
    limitMinor: 160_000,
    reasons: ['income_multiple', 'score_status_latest', 'decrease_step'],
  },
  {
    name: 'beyond the last band still only one step',
    facts: makeFacts(),
    pd: 0.5,
    approved: false,
    limitMinor: 160_000,
    reasons: ['income_multiple', 'risk_band', 'score_status_latest', 'decrease_step'],
  },
  {
    name: 'never below what is owed',
    facts: makeFacts({ ledger: { balanceMinor: 172_000 } }),
    pd: 0.11,
    limitMinor: 175_000,
    reasons: ['income_multiple', 'score_status_latest', 'balance_owed'],
  },
  {
    name: 'owed nearly everything: nothing is lowered',
    facts: makeFacts({ ledger: { balanceMinor: 195_000 } }),
    pd: 0.11,
    limitMinor: 200_000,
    reasons: ['balance_owed'],
  },
  {
    name: 'owed more than the limit: nothing is lowered',
    facts: makeFacts({ ledger: { balanceMinor: 300_000 } }),
    pd: 0.11,
    limitMinor: 200_000,
    reasons: ['balance_owed'],
  },
  {
    name: 'not twice in a month',
    facts: makeFacts({ account: { lastDecreaseAtMs: days(29) } }),
    pd: 0.11,
    limitMinor: 200_000,
    reasons: ['decrease_too_soon'],
  },
  {
    name: 'a trifle is not taken',
    facts: makeFacts({ income: { declaredIncomeMinor: 190_000 } }),
    pd: 0.06,
    limitMinor: 200_000,
    reasons: ['small_change'],
  },
  {
    name: 'down to what fits, if that is less than a step',
    facts: makeFacts({ income: { declaredIncomeMinor: 170_000 } }),
    pd: 0.06,
    limitMinor: 170_000,
    reasons: ['income_multiple', 'score_status_latest'],
  },
  {
    name: 'an income that fell: affordability, no matter of risk',
    facts: makeFacts({ income: { declaredIncomeMinor: 60_000 } }),
    pd: 0.005,
    limitMinor: 160_000,
    reasons: ['monthly_repayment', 'decrease_step'],
  },
  {
    name: 'observed income alone lowers nothing',
    facts: makeFacts({ income: { declaredIncomeMinor: null, observedIncomeMinor: 10_000 } }),
    pd: 0.03,
    limitMinor: 200_000,
    reasons: ['income_multiple', 'score_status_latest'],
  },
  {
    name: 'a limit raised by mood: steps up count from it',
    facts: makeFacts({ account: { limitMinor: 240_000, lowestInStepMinor: 240_000, lowestInYearMinor: 200_000 } }),
    pd: 0.015,
    limitMinor: 300_000,
    reasons: ['increase_step', 'increase_year'],
  },
  {
    name: 'a limit raised by mood: steps down count from the finances',
    facts: makeFacts({ account: { limitMinor: 300_000, lowestInStepMinor: 300_000, lowestInYearMinor: 300_000 } }),
    pd: 0.11,
    limitMinor: 160_000,
    reasons: ['income_multiple', 'score_status_latest', 'decrease_step'],
  },
  {
    name: 'mood withheld part of a rise: the rest of it is given, step by step',
    facts: makeFacts({ account: { limitMinor: 220_000, financialLimitMinor: 250_000 } }),
    pd: 0.015,
    limitMinor: 250_000,
    reasons: ['increase_step'],
  },
  {
    name: 'but not while an increase is blocked',
    facts: makeFacts({
      account: { limitMinor: 220_000, financialLimitMinor: 250_000 },
      ledger: { lateStatements: 1 },
    }),
    pd: 0.015,
    limitMinor: 220_000,
    reasons: ['late_payment'],
  },
];
