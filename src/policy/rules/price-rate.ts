// The yearly rate that covers funding, work, capital and the loss to be expected of those who pay it, up to a cap.
import type { PolicyDocument } from '../policy-document.ts';

export function priceRate(probabilityOfDefault: number, document: PolicyDocument): number {
  const { fundingBps, operatingBps, capitalBps, rateMaxBps } = document.pricing;
  const risk = Math.max(probabilityOfDefault, document.probabilityOfDefaultFloor);
  if (risk >= 1) return rateMaxBps;
  const lossBps = risk * document.lossGivenDefault * 10_000;
  return Math.min(Math.round((fundingBps + operatingBps + capitalBps + lossBps) / (1 - risk)), rateMaxBps);
}
