// Scoring for many customers in a row: the kernel of `score` with room made once, and the four heaviest reasons picked
// without sorting. What it says is what `score` and `rankPointsLost` say, to the bit.

import { sigmoid } from './base-rate.ts';
import type { CompiledScorecard } from './compile-scorecard.ts';
import { referenceHalves, unitsGained } from './rank-points-lost.ts';
import { scoreLogOdds, sumUnits, toLogOdds } from './score.ts';

export const REASONS_MAX = 4;

export interface Scorer {
  /** Log-odds of default. */
  readonly score: (features: Float64Array) => number;
  /** Log-odds of default; afterwards `reasons` and `reasonCount` hold what cost most, worst first. */
  readonly scoreWithReasons: (features: Float64Array) => number;
  /** Places of features; only the first `reasonCount()` count, and only until the next call. */
  readonly reasons: Int32Array;
  readonly reasonCount: () => number;
  readonly probabilityOfDefault: (features: Float64Array) => number;
}

export function createScorer(model: CompiledScorecard): Scorer {
  const count = model.features.length;
  const bins = new Int32Array(count);
  const halves = new Int32Array(count);
  const against = Int32Array.from(model.features, (_, feature) => referenceHalves(model, feature));
  const reasons = new Int32Array(REASONS_MAX);
  let found = 0;
  const score = (features: Float64Array): number =>
    model.addsInTurn ? scoreLogOdds(model, features) : toLogOdds(model, sumUnits(model, features, bins, null));
  const scoreWithReasons = (features: Float64Array): number => {
    const units = sumUnits(model, features, bins, halves);
    found = pickReasons(model, bins, halves, against, reasons);
    return model.addsInTurn ? scoreLogOdds(model, features) : toLogOdds(model, units);
  };
  return {
    score,
    scoreWithReasons,
    reasons,
    reasonCount: () => found,
    probabilityOfDefault: (features) => sigmoid(score(features)),
  };
}

/**
 * The heaviest first; one that would not help by itself is passed over. `reasons` doubles as the list of the heaviest so
 * far, kept in order by insertion: most features are told from the lightest of them by one comparison.
 */
function pickReasons(
  model: CompiledScorecard,
  bins: Int32Array,
  halves: Int32Array,
  against: Int32Array,
  reasons: Int32Array,
): number {
  let found = 0;
  let least = 0;
  for (let feature = 0; feature < halves.length; feature += 1) {
    const lost = (halves[feature] as number) - (against[feature] as number);
    if (lost <= least || unitsGained(model, bins, halves[feature] as number, feature) <= 0) continue;
    let place = found < REASONS_MAX ? found : REASONS_MAX - 1;
    while (place > 0) {
      const before = reasons[place - 1] as number;
      if ((halves[before] as number) - (against[before] as number) >= lost) break;
      reasons[place] = before;
      place -= 1;
    }
    reasons[place] = feature;
    if (found < REASONS_MAX) found += 1;
    if (found < REASONS_MAX) continue;
    const last = reasons[REASONS_MAX - 1] as number;
    least = (halves[last] as number) - (against[last] as number);
  }
  return found;
}
