// Where no income is known, what the customer has been paying each month shows what a higher limit may ask for.
import { mulDivFloor } from '../../lib/money.ts';
import type { PolicyDocument } from '../policy-document.ts';
import type { LedgerSummary } from '../policy-facts.ts';

export function capByPayments(ledger: LedgerSummary, document: PolicyDocument): number {
  return mulDivFloor(ledger.medianPaidMinor ?? 0, 10_000, document.affordability.repaymentBps);
}
