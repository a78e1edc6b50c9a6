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
  const heaviest = new Int32Array(REASONS_MAX);
  const reasons = new Int32Array(REASONS_MAX);
  let found = 0;
  const score = (features: Float64Array): number =>
    model.addsInTurn ? scoreLogOdds(model, features) : toLogOdds(model, sumUnits(model, features, bins, null));
  const scoreWithReasons = (features: Float64Array): number => {
    const units = sumUnits(model, features, bins, halves);
    found = pickReasons(model, bins, halves, against, heaviest, reasons);
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

/** A feature's loss and its place in one whole number: the heaviest is the greatest, of equals the first of the model. */
const PLACES = 256;

/** The heaviest first; one that would not help by itself is passed over, and then the next four are looked at. */
function pickReasons(
  model: CompiledScorecard,
  bins: Int32Array,
  halves: Int32Array,
  against: Int32Array,
  heaviest: Int32Array,
  reasons: Int32Array,
): number {
  let found = 0;
  let below = Number.POSITIVE_INFINITY;
  for (;;) {
    listHeaviest(halves, against, below, heaviest);
    for (let place = 0; place < REASONS_MAX; place += 1) {
      const rank = heaviest[place] as number;
      if (rank < PLACES || found === REASONS_MAX) return found;
      const feature = PLACES - 1 - (rank & (PLACES - 1));
      below = rank;
      if (unitsGained(model, bins, halves[feature] as number, feature) <= 0) continue;
      reasons[found] = feature;
      found += 1;
    }
    if (found === REASONS_MAX) return found;
  }
}

/** The four greatest ranks under `below`, in four numbers that stay in registers: most features cost one comparison. */
function listHeaviest(halves: Int32Array, against: Int32Array, below: number, heaviest: Int32Array): void {
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (let feature = 0; feature < halves.length; feature += 1) {
    const lost = (halves[feature] as number) - (against[feature] as number);
    const rank = lost * PLACES + (PLACES - 1 - feature);
    if (rank <= fourth || rank >= below) continue;
    if (rank > second) {
      fourth = third;
      third = second;
      if (rank > first) {
        second = first;
        first = rank;
      } else second = rank;
    } else if (rank > third) {
      fourth = third;
      third = rank;
    } else fourth = rank;
  }
  heaviest[0] = first;
  heaviest[1] = second;
  heaviest[2] = third;
  heaviest[3] = fourth;
}
