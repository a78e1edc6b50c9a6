// No increase with a late payment among the last six statements.

import type { PolicyDocument } from '../policy-document.ts';
import type { LedgerSummary } from '../policy-facts.ts';

export function blockLatePayment(ledger: LedgerSummary, document: PolicyDocument): boolean {
  return ledger.lateStatements > document.increaseBlocks.lateStatementsMax;
}
