// What the rules cannot judge goes to a person: a currency without amounts, a customer nothing is known of, and an
// opening that needs an income nobody knows. Null: the rules can judge.
import { incomeOf } from '../income-of.ts';
import type { PolicyDocument } from '../policy-document.ts';
import type { PolicyFacts } from '../policy-facts.ts';
import type { ReasonCode } from '../reasons.ts';
import { blockIncomeUnknown } from './block-income-unknown.ts';

export function reviewUnjudgeable(facts: PolicyFacts, document: PolicyDocument): ReasonCode | null {
  if (!Object.hasOwn(document.amounts, facts.currency)) return 'currency_not_covered';
  if (facts.ledger.statementCount === 0 && incomeOf(facts.income) === null) return 'no_history_no_income';
  if (facts.account.limitMinor === null && blockIncomeUnknown(facts, document)) return 'income_unknown';
  return null;
}
