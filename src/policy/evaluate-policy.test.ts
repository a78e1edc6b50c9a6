import fc from 'fast-check';
import { POLICY_CASES } from '../../test/support/policy-cases.ts';
import { makeFacts, makeNewFacts } from '../../test/support/policy-facts.ts';
import { evaluatePolicy, type PolicyResult } from './evaluate-policy.ts';
import { loadPolicies } from './load-policies.ts';
import { PACK_NAMES, type PackName, type PolicyDocument } from './policy-document.ts';
import type { PolicyFacts } from './policy-facts.ts';
import type { Reason } from './reasons.ts';

const policies = await loadPolicies();
const documentOf = (pack: PackName): PolicyDocument => {
  const policy = policies.byPack.get(pack);
  if (policy === undefined) throw new Error(pack);
  return policy.document;
};
const drivers: Reason[] = [{ code: 'score_status_latest', details: { pointsLost: 12 } }];
const evaluate = (facts: PolicyFacts, pd: number, pack: PackName = 'generic'): PolicyResult =>
  evaluatePolicy(facts, pd, drivers, documentOf(pack));

const TO_A_PERSON = ['currency_not_covered', 'no_history_no_income', 'income_unknown'];

describe('table of cases', () => {
  test.each(POLICY_CASES)('$name', ({ facts, pd, pack, limitMinor, approved = true, reasons }) => {
    const result = evaluate(facts, pd, pack);
    expect([result.limitMinor, result.approved, result.reasons.map(({ code }) => code)]).toEqual([
      limitMinor,
      approved,
      reasons,
    ]);
    expect(result.judged).toBe(facts.account.limitMinor !== null || !TO_A_PERSON.includes(reasons[0] ?? ''));
  });

  test('a reason carries the figure that held', () => {
    const { reasons, trace } = evaluate(makeFacts(), 0.015);
    expect(reasons[0]).toEqual({ code: 'increase_step', details: { capMinor: 250_000 } });
    expect(trace).toEqual({
      caps: {
        risk_band: 1_800_000,
        income_multiple: 600_000,
        monthly_repayment: 789_473,
        increase_step: 250_000,
        increase_year: 300_000,
      },
      blocks: [],
    });
  });

  test('blocks are in the trace', () => {
    const { trace } = evaluate(makeFacts({ ledger: { lateStatements: 1 } }), 0.015);
    expect(trace.blocks).toEqual(['late_payment']);
  });

  test('in force, unjudgeable: what is there stays', () => {
    const facts = makeFacts({ ledger: { statementCount: 0 }, income: { declaredIncomeMinor: null } });
    expect(evaluate(facts, 0.015)).toMatchObject({ judged: false, limitMinor: 200_000, rateBps: null });
  });
});

describe('price and type', () => {
  test.each([
    // PD, rate, type: (500 + 450 + 150 + PD x 0.75 x 10 000) / (1 - PD), PD at least 0.1 %, rate at most 36 %
    [0.0001, 1_109, 'long_term'],
    [0.001, 1_109, 'long_term'],
    [0.01, 1_187, 'long_term'],
    [0.02, 1_276, 'revolving'],
    [0.07, 1_747, 'revolving'],
    [0.12, 2_273, 'short_term'],
  ])('PD %p -> %p bps, %p', (pd, rateBps, creditType) => {
    expect(evaluate(makeFacts(), pd)).toMatchObject({ rateBps, creditType });
  });

  test('a short history is not offered long-term credit', () => {
    expect(evaluate(makeFacts({ ledger: { statementCount: 5 } }), 0.005).creditType).toBe('revolving');
  });

  test('what is refused has no price', () => {
    expect(evaluate(makeNewFacts(), 0.2)).toMatchObject({ approved: false, rateBps: null, creditType: null });
  });
});

describe('a decrease because risk worsened', () => {
  test.each([
    ['a worse band than when the limit was set', 0.015, 0.11, 300_000, true],
    ['the same band', 0.1, 0.11, 300_000, false],
    ['an unknown risk back then', null, 0.11, 300_000, false],
    ['a worse band, but the income would have been too small anyway', 0.015, 0.03, 60_000, false],
    ['a better band, but the income fell', 0.06, 0.015, 60_000, false],
  ])('%s', (_name, whenSet, pd, declaredIncomeMinor, worsened) => {
    const facts = makeFacts({ account: { probabilityOfDefaultWhenSet: whenSet }, income: { declaredIncomeMinor } });
    const result = evaluate(facts, pd);
    expect([result.limitMinor, result.riskWorsened]).toEqual([160_000, worsened]);
  });
});

const amount = fc.integer({ min: 0, max: 3_000_000 });
const factsArbitrary: fc.Arbitrary<PolicyFacts> = fc
  .record({
    limit: fc.option(fc.integer({ min: 0, max: 1_500_000 })),
    felt: fc.integer({ min: 0, max: 300_000 }),
    lowest: fc.integer({ min: 40, max: 100 }),
    requested: fc.option(amount),
    income: fc.option(amount),
    observed: fc.option(amount),
    statementCount: fc.integer({ min: 0, max: 6 }),
    lateStatements: fc.constantFrom(0, 0, 0, 1),
    balanceMinor: amount,
    medianPaidMinor: fc.integer({ min: 0, max: 100_000 }),
    sinceIncrease: fc.option(fc.integer({ min: 0, max: 200 })),
    sinceDecrease: fc.option(fc.integer({ min: 0, max: 60 })),
  })
  .map((drawn) => {
    const make = drawn.limit === null ? makeNewFacts : makeFacts;
    const base = make();
    const since = (days: number | null) => (days === null ? null : base.nowMs - days * 86_400_000);
    return make({
      requestedLimitMinor: drawn.requested,
      account:
        drawn.limit === null
          ? {}
          : {
              financialLimitMinor: drawn.limit,
              limitMinor: drawn.limit + drawn.felt,
              lowestInStepMinor: Math.floor((drawn.limit * drawn.lowest) / 100),
              lowestInYearMinor: Math.floor((drawn.limit * drawn.lowest) / 100),
              lastIncreaseAtMs: since(drawn.sinceIncrease),
              lastDecreaseAtMs: since(drawn.sinceDecrease),
            },
      ledger: {
        statementCount: drawn.statementCount,
        lateStatements: drawn.lateStatements,
        balanceMinor: drawn.balanceMinor,
        medianPaidMinor: drawn.medianPaidMinor,
      },
      income: { declaredIncomeMinor: drawn.income, observedIncomeMinor: drawn.observed },
    });
  });
const pdArbitrary = fc.double({ min: 0.0005, max: 0.4, noNaN: true });
const packArbitrary = fc.constantFrom(...PACK_NAMES);

describe('for any customer', () => {
  test('a higher risk never gets a higher limit, and is never approved where a lower one is not', () => {
    fc.assert(
      fc.property(factsArbitrary, pdArbitrary, pdArbitrary, packArbitrary, (facts, one, other, pack) => {
        const safe = evaluate(facts, Math.min(one, other), pack);
        const risky = evaluate(facts, Math.max(one, other), pack);
        expect(risky.limitMinor).toBeLessThanOrEqual(safe.limitMinor);
        expect(Number(risky.approved)).toBeLessThanOrEqual(Number(safe.approved));
        if (risky.rateBps !== null) expect(safe.rateBps ?? 0).toBeLessThanOrEqual(risky.rateBps);
      }),
      { numRuns: 2_000 },
    );
  });

  test('an increase keeps every bound: request, step, year, caps, none while blocked', () => {
    fc.assert(
      fc.property(factsArbitrary, pdArbitrary, packArbitrary, (facts, pd, pack) => {
        const { account, requestedLimitMinor } = facts;
        const { limitMinor, trace } = evaluate(facts, pd, pack);
        if (limitMinor <= (account.limitMinor ?? 0)) return;
        for (const cap of Object.values(trace.caps)) expect(limitMinor).toBeLessThanOrEqual(cap);
        expect(trace.blocks).toEqual([]);
        if (requestedLimitMinor !== null) expect(limitMinor).toBeLessThanOrEqual(requestedLimitMinor);
        if (account.lowestInStepMinor === null) return;
        expect(limitMinor).toBeLessThanOrEqual(account.lowestInStepMinor * 1.25);
        expect(facts.ledger.lateStatements).toBe(0);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a decrease keeps every bound: a fifth at most, not below the balance, a month apart', () => {
    fc.assert(
      fc.property(factsArbitrary, pdArbitrary, packArbitrary, (facts, pd, pack) => {
        const from = facts.account.financialLimitMinor;
        const { limitMinor } = evaluate(facts, pd, pack);
        if (from === null || limitMinor >= from) return;
        expect(limitMinor).toBeGreaterThanOrEqual(from * 0.8);
        expect(from - limitMinor).toBeGreaterThanOrEqual(from * 0.1);
        expect(limitMinor).toBeGreaterThanOrEqual(Math.min(from, facts.ledger.balanceMinor));
        const since = facts.nowMs - (facts.account.lastDecreaseAtMs ?? 0);
        expect(since).toBeGreaterThanOrEqual(30 * 86_400_000);
      }),
      { numRuns: 2_000 },
    );
  });
});
