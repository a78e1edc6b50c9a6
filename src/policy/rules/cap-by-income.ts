// A limit is at most a multiple of monthly income, the smaller the riskier the customer.
import { mulDivFloor } from '../../lib/money.ts';
import type { PolicyDocument } from '../policy-document.ts';
import { findBand } from './find-band.ts';

export function capByIncome(incomeMinor: number, probabilityOfDefault: number, document: PolicyDocument): number {
  const band = findBand(probabilityOfDefault, document);
  return band === undefined ? 0 : mulDivFloor(incomeMinor, band.incomeMultipleBps, 10_000);
}
