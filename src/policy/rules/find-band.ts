// The risk band of a probability of default. Bands hold their upper end; beyond the last there is none.
import type { PolicyDocument, RiskBand } from '../policy-document.ts';

/** Position of the band, or the number of bands when the risk lies beyond the last. */
export function findBandIndex(probabilityOfDefault: number, document: PolicyDocument): number {
  const index = document.bands.findIndex((band) => probabilityOfDefault <= band.probabilityOfDefaultMax);
  return index === -1 ? document.bands.length : index;
}

export function findBand(probabilityOfDefault: number, document: PolicyDocument): RiskBand | undefined {
  return document.bands[findBandIndex(probabilityOfDefault, document)];
}
