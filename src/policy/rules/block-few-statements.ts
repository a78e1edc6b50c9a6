// An increase nobody asked for needs a history behind it.

import type { PolicyDocument } from '../policy-document.ts';
import type { PolicyFacts } from '../policy-facts.ts';

export function blockFewStatements(facts: PolicyFacts, document: PolicyDocument): boolean {
  return facts.requestedLimitMinor === null && facts.ledger.statementCount < document.approval.statementsMinForIncrease;
}
