// Re-anchoring: a model trained where 22 of 100 default says nothing yet about a lender where 3 do. Moving the prior
// odds keeps the order of customers and what each feature is worth.
import { assert } from '../lib/assert.ts';

export function logit(probability: number): number {
  assert(probability > 0 && probability < 1, `a probability strictly between 0 and 1 is needed, got ${probability}`);
  return Math.log(probability / (1 - probability));
}

export function sigmoid(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

/** Log-odds of default as they stand where `toBaseRate` default, given the model learned where `fromBaseRate` did. */
export function reanchor(logOdds: number, fromBaseRate: number, toBaseRate: number): number {
  return logOdds + priorShift(fromBaseRate, toBaseRate);
}

export function priorShift(fromBaseRate: number, toBaseRate: number): number {
  return logit(toBaseRate) - logit(fromBaseRate);
}
