// Facts about an ordinary customer for tests of policy and decision: good payer, limit and income in round EUR.
import type { PolicyFacts } from '../../src/policy/index.ts';

export const NOW_MS = Date.UTC(2026, 10, 22, 12);

type Deep<T> = { readonly [K in keyof T]?: T[K] extends object | null ? Deep<NonNullable<T[K]>> | T[K] : T[K] };

/** A limit of 2,000.00 in force for long, 3,000.00 of declared income, six statements paid in full. */
export function makeFacts(over: Deep<PolicyFacts> = {}): PolicyFacts {
  return {
    nowMs: NOW_MS,
    currency: 'EUR',
    requestedLimitMinor: null,
    ...over,
    account: {
      limitMinor: 200_000,
      financialLimitMinor: 200_000,
      lastIncreaseAtMs: null,
      lastDecreaseAtMs: null,
      lowestInStepMinor: 200_000,
      lowestInYearMinor: 200_000,
      probabilityOfDefaultWhenSet: 0.015,
      ...over.account,
    },
    ledger: {
      statementCount: 6,
      balanceMinor: 50_000,
      lateStatements: 0,
      carriedStatements: 6,
      owedMinor: 250_000,
      paidMinor: 250_000,
      medianPaidMinor: 50_000,
      ...over.ledger,
    },
    income: { declaredIncomeMinor: 300_000, observedIncomeMinor: null, ...over.income },
  };
}

/** The same customer before the first limit. */
export function makeNewFacts(over: Deep<PolicyFacts> = {}): PolicyFacts {
  return makeFacts({
    ...over,
    account: {
      limitMinor: null,
      financialLimitMinor: null,
      lowestInStepMinor: null,
      lowestInYearMinor: null,
      probabilityOfDefaultWhenSet: null,
      ...over.account,
    },
  });
}
