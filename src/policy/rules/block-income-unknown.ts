// Where the pack asks for a check of affordability, there is no higher limit without a known income.
import { incomeOf } from '../income-of.ts';
import type { PolicyDocument } from '../policy-document.ts';
import type { PolicyFacts } from '../policy-facts.ts';

export function blockIncomeUnknown(facts: PolicyFacts, document: PolicyDocument): boolean {
  return document.pack.affordabilityRequiredForIncrease && incomeOf(facts.income) === null;
}
