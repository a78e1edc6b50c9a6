// From what loss on a feature would help by itself, put to its reference, whatever all others are: a bound worked out
// beforehand, so that most reasons need no second look.
import { type CompiledScorecard, missingBin } from './compile-scorecard.ts';
import { mainUnitsAt, referenceHalves } from './rank-points-lost.ts';

/** More than any loss. */
const NEVER = 2 ** 30;

/** Laid out as `mainUnits`, in half units: with a loss above it, `unitsGained` is more than nothing. */
export function listSureLosses(model: CompiledScorecard): Int32Array {
  const sure = new Int32Array(model.mainUnits.length);
  model.features.forEach((_, feature) => {
    const from = model.mainsFrom[feature] as number;
    const then = model.referenceBins[feature] as number;
    const least =
      mainUnitsAt(model, feature, then) + greatestPairs(model, feature, then) - referenceHalves(model, feature);
    for (let bin = 0; bin <= missingBin(model, feature); bin += 1) {
      sure[from + bin] = bin === then ? NEVER : least + mainUnitsAt(model, feature, bin);
    }
  });
  return sure;
}

/** The most that all pairs of a feature can say in `bin`. */
function greatestPairs(model: CompiledScorecard, feature: number, bin: number): number {
  const { cells, rowWidth, pairsOf, pairsOfFrom, pairLeft, pairRight } = model;
  let sum = 0;
  for (const pair of pairsOf.subarray(pairsOfFrom[feature], pairsOfFrom[feature + 1])) {
    const isLeft = pairLeft[pair] === feature;
    const other = (isLeft ? pairRight[pair] : pairLeft[pair]) as number;
    const from = (model.cellsFrom[pair] as number) + bin * (isLeft ? rowWidth : 1);
    const apart = isLeft ? 1 : rowWidth;
    sum += Math.max(
      ...Array.from({ length: missingBin(model, other) + 1 }, (_, step) => cells[from + step * apart] ?? 0),
    );
  }
  return sum;
}
