// The model's log-odds of stored features, without emotion and without the shift to the lender's base rate: the number
// whose distribution training and today are compared in.
import { type CompiledScorecard, score } from '../model/index.ts';

export function logOddsOf(model: CompiledScorecard, features: readonly (number | null)[]): number {
  return score(
    model,
    Float64Array.from(features, (value) => value ?? Number.NaN),
    null,
  ).financialLogOdds;
}
