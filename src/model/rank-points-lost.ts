// The true drivers of a score, in order: how many points each feature lost against its reference value, a pair's loss
// shared equally between its two features. A factor is named only if putting it alone to its reference helps.
import { assert } from '../lib/assert.ts';
import type { CompiledScorecard } from './compile-scorecard.ts';
import { sumUnits } from './score.ts';
import { UNITS } from './units.ts';

/**
 * `best`: the bin of the least risk any training row had on that feature; a customer who is a little below it everywhere
 * still gets reasons. `average`: the training portfolio's mean, 0 log-odds.
 */
export type ReasonReference = 'best' | 'average';

export interface PointsLost {
  readonly feature: string;
  readonly logOddsLost: number;
  readonly pointsLost: number;
}

/** Features that lost something, worst first, ties in the model's order. Intercept, base rate and emotion never appear. */
export function rankPointsLost(
  model: CompiledScorecard,
  features: Float64Array,
  reference: ReasonReference = 'best',
): readonly PointsLost[] {
  assert(features.length === model.features.length, 'the features are of another model');
  const bins = new Int32Array(features.length);
  const halves = new Int32Array(features.length);
  sumUnits(model, features, bins, halves);
  const lost: (PointsLost & { readonly place: number })[] = [];
  model.features.forEach((feature, place) => {
    const against = reference === 'best' ? referenceHalves(model, place) : 0;
    const halvesLost = (halves[place] ?? 0) - against;
    if (halvesLost <= 0 || (reference === 'best' && unitsGained(model, bins, halves[place] ?? 0, place) <= 0)) return;
    const logOddsLost = (halvesLost / (2 * UNITS)) * (model.recalibration?.slope ?? 1);
    lost.push({ feature, logOddsLost, pointsLost: logOddsLost * model.scoreFactor, place });
  });
  return lost
    .sort((one, other) => other.logOddsLost - one.logOddsLost || one.place - other.place)
    .map(({ feature, logOddsLost, pointsLost }) => ({ feature, logOddsLost, pointsLost }));
}

/** A feature's share, in half units, of a customer who stands at the reference everywhere. */
export function referenceHalves(model: CompiledScorecard, feature: number): number {
  const { referenceBins } = model;
  const bin = referenceBins[feature] as number;
  return 2 * mainUnitsAt(model, feature, bin) + sumPairs(model, referenceBins, feature, bin);
}

/**
 * By how many units the risk falls when this feature alone goes to its reference, all others as they are. `halves` is its
 * share now, which holds each of its pairs once and its main table twice.
 */
export function unitsGained(model: CompiledScorecard, bins: Int32Array, halves: number, feature: number): number {
  const now = bins[feature] as number;
  const then = model.referenceBins[feature] as number;
  if (now === then) return 0;
  return (
    halves - mainUnitsAt(model, feature, now) - mainUnitsAt(model, feature, then) - sumPairs(model, bins, feature, then)
  );
}

export function mainUnitsAt(model: CompiledScorecard, feature: number, bin: number): number {
  return model.mainUnits[(model.mainsFrom[feature] as number) + bin] as number;
}

/** All pairs of a feature in `bin`, the others as in `bins`. */
export function sumPairs(model: CompiledScorecard, bins: Int32Array, feature: number, bin: number): number {
  const { pairLeft, pairRight, cellsFrom, rowWidth, cells, pairsOfFrom, pairsOf } = model;
  let sum = 0;
  for (let place = pairsOfFrom[feature] as number; place < (pairsOfFrom[feature + 1] as number); place += 1) {
    const pair = pairsOf[place] as number;
    const left = pairLeft[pair] as number;
    const row = left === feature ? bin : (bins[left] as number);
    const column = left === feature ? (bins[pairRight[pair] as number] as number) : bin;
    sum += cells[(cellsFrom[pair] as number) + row * rowWidth + column] as number;
  }
  return sum;
}
