// A limit drawn in full must be repayable month by month out of the share of income that is free for it.
import { mulDivFloor } from '../../lib/money.ts';
import type { PolicyDocument } from '../policy-document.ts';

export function capByRepayment(incomeMinor: number, document: PolicyDocument): number {
  return mulDivFloor(incomeMinor, document.affordability.freeIncomeBps, document.affordability.repaymentBps);
}
