// A new account whose statements are few starts small. Null: it is not one.
import { mulDivFloor } from '../../lib/money.ts';
import type { CurrencyAmounts, PolicyDocument } from '../policy-document.ts';
import type { PolicyFacts } from '../policy-facts.ts';

export function capByStart(facts: PolicyFacts, amounts: CurrencyAmounts, document: PolicyDocument): number | null {
  const { statementsMinForIncrease, startingLimitMaxUnitsBps } = document.approval;
  if (facts.account.limitMinor !== null || facts.ledger.statementCount >= statementsMinForIncrease) return null;
  return mulDivFloor(amounts.referenceUnitMinor, startingLimitMaxUnitsBps, 10_000);
}
