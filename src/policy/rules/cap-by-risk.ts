// The riskier the customer, the smaller the limit at most: so many reference units per risk band, none beyond the last.
import { mulDivFloor } from '../../lib/money.ts';
import type { CurrencyAmounts, PolicyDocument } from '../policy-document.ts';
import { findBand } from './find-band.ts';

export function capByRisk(probabilityOfDefault: number, amounts: CurrencyAmounts, document: PolicyDocument): number {
  const band = findBand(probabilityOfDefault, document);
  return band === undefined ? 0 : mulDivFloor(amounts.referenceUnitMinor, band.limitMaxUnitsBps, 10_000);
}
