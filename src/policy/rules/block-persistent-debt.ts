// No increase in persistent debt: a debt on every statement there is, and next to nothing paid off it.
import { mulDivFloor } from '../../lib/money.ts';
import type { PolicyDocument } from '../policy-document.ts';
import type { LedgerSummary } from '../policy-facts.ts';

export function blockPersistentDebt(ledger: LedgerSummary, document: PolicyDocument): boolean {
  const { statementsMin, paidShareMaxBps } = document.increaseBlocks.persistentDebt;
  if (ledger.statementCount < statementsMin || ledger.carriedStatements < ledger.statementCount) return false;
  return ledger.paidMinor <= mulDivFloor(ledger.owedMinor, paidShareMaxBps, 10_000);
}
