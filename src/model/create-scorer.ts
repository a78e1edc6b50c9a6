// Scoring for many customers in a row: the kernel of `score` with room made once, bins found by halving without a branch,
// and the four heaviest reasons kept without sorting. What it says is what `score` and `rankPointsLost` say, to the bit.

import { assert } from '../lib/assert.ts';
import { sigmoid } from './base-rate.ts';
import { type CompiledScorecard, findBin, missingBin } from './compile-scorecard.ts';
import { keepHeaviest, REASONS_MAX, WEIGHT_MAX } from './keep-heaviest.ts';
import { referenceHalves, unitsGained } from './rank-points-lost.ts';
import { scoreLogOdds, toLogOdds } from './score.ts';
import { listSureLosses } from './sure-losses.ts';

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

/** What the loops read: the model, and what follows from it. */
interface Kernel {
  readonly model: CompiledScorecard;
  readonly count: number;
  /** Cuts of each feature with those that fill them up. */
  readonly rooms: Int32Array;
  readonly missing: Int32Array;
  /** Both features of a pair in one number: left * 256 + right. */
  readonly pairEnds: Int32Array;
  /** As `mainUnits`, in half units against what the whole feature says at its reference. */
  readonly mainLost: Int32Array;
  readonly against: Int32Array;
  readonly sureLosses: Int32Array;
}

/** Room for one customer, used again for the next. */
interface Desk {
  readonly bins: Int32Array;
  /** In half units against the reference. */
  readonly lost: Int32Array;
  readonly reasons: Int32Array;
}

export function createScorer(model: CompiledScorecard): Scorer {
  const kernel = prepareKernel(model);
  const desk = {
    bins: new Int32Array(kernel.count),
    lost: new Int32Array(kernel.count),
    reasons: new Int32Array(REASONS_MAX),
  };
  const readFeatures = createFeatureReader(kernel, desk);
  const sumPairs = createPairSum(kernel, desk);
  const sharePairs = createPairShare(kernel, desk);
  const pickReasons = createReasonPicker(kernel, desk);
  let found = 0;
  const score = (features: Float64Array): number => {
    if (model.addsInTurn) return scoreLogOdds(model, features);
    return toLogOdds(model, readFeatures(features) + sumPairs());
  };
  const scoreWithReasons = (features: Float64Array): number => {
    const units = readFeatures(features) + sharePairs();
    found = pickReasons();
    return model.addsInTurn ? scoreLogOdds(model, features) : toLogOdds(model, units);
  };
  return {
    score,
    scoreWithReasons,
    reasons: desk.reasons,
    reasonCount: () => found,
    probabilityOfDefault: (features) => sigmoid(score(features)),
  };
}

function prepareKernel(model: CompiledScorecard): Kernel {
  const mainLost = model.mainUnits.map((units) => 2 * units);
  const against = Int32Array.from(model.features, (_, feature) => referenceHalves(model, feature));
  against.forEach((halves, feature) => {
    for (let place = model.mainsFrom[feature] as number; place < (model.mainsFrom[feature + 1] as number); place += 1) {
      mainLost[place] = (mainLost[place] as number) - halves;
    }
  });
  const heaviest = furthestFromZero(mainLost) + model.pairLeft.length * furthestFromZero(model.cells);
  assert(heaviest <= WEIGHT_MAX, 'the tables are too heavy to be ranked');
  return {
    model,
    count: model.features.length,
    rooms: model.cutsFrom.map((from, feature) => (model.cutsFrom[feature + 1] ?? from) - from),
    missing: Int32Array.from(model.features, (_, feature) => missingBin(model, feature)),
    pairEnds: Int32Array.from(model.pairLeft, (left, pair) => left * 256 + (model.pairRight[pair] as number)),
    mainLost,
    against,
    sureLosses: listSureLosses(model),
  };
}

function furthestFromZero(units: Int32Array): number {
  return units.reduce((furthest, one) => Math.max(furthest, Math.abs(one)), 0);
}

/**
 * Bins, the sum of what they say by themselves, and of every feature's loss that of its own table. Each cut is halved towards,
 * whether or not the value has passed one: comparisons become sums, so nothing is guessed. This and the next are closures
 * over their arrays, which are constants to the compiler then: with arrays as arguments and two loops more a score with its
 * reasons took 478 ns instead of 436 (in turns).
 */
function createFeatureReader(kernel: Kernel, { bins, lost }: Desk): (features: Float64Array) => number {
  const { model, count, rooms, missing, mainLost } = kernel;
  const { cutsFrom, cuts, mainsFrom, mainUnits, interceptUnits } = model;
  return (features) => {
    assert(features.length === count, 'the features do not fit the model');
    let sum = interceptUnits;
    for (let feature = 0; feature < count; feature += 1) {
      const value = features[feature] as number;
      const from = cutsFrom[feature] as number;
      const room = rooms[feature] as number;
      let place = from;
      if (room > 63) {
        place = (from + findBin(model, feature, value)) | 0;
      } else {
        if (room > 31) place = (place + (+(value >= (cuts[place + 31] as number)) << 5)) | 0;
        if (room > 7) {
          place = (place + (+(value >= (cuts[place + 15] as number)) << 4)) | 0;
          place = (place + (+(value >= (cuts[place + 7] as number)) << 3)) | 0;
        }
        place = (place + (+(value >= (cuts[place + 3] as number)) << 2)) | 0;
        place = (place + (+(value >= (cuts[place + 1] as number)) << 1)) | 0;
        place = (place + +(value >= (cuts[place] as number))) | 0;
      }
      const bin = Number.isNaN(value) ? (missing[feature] as number) : (place - from) | 0;
      const at = ((mainsFrom[feature] as number) + bin) | 0;
      bins[feature] = bin;
      lost[feature] = mainLost[at] as number;
      sum = (sum + (mainUnits[at] as number)) | 0;
    }
    return sum;
  };
}

function createPairSum({ model, pairEnds }: Kernel, { bins }: Desk): () => number {
  const { cellsFrom, rowWidth, cells } = model;
  return () => {
    let sum = 0;
    for (let pair = 0; pair < pairEnds.length; pair += 1) {
      const ends = pairEnds[pair] as number;
      const row = (cellsFrom[pair] as number) + Math.imul(bins[ends >> 8] as number, rowWidth);
      sum = (sum + (cells[row + (bins[ends & 255] as number)] as number)) | 0;
    }
    return sum;
  };
}

/** As the sum of the pairs, and both features of a pair lose what it says. */
function createPairShare({ model, pairEnds }: Kernel, { bins, lost }: Desk): () => number {
  const { cellsFrom, rowWidth, cells } = model;
  return () => {
    let sum = 0;
    for (let pair = 0; pair < pairEnds.length; pair += 1) {
      const ends = pairEnds[pair] as number;
      const left = ends >> 8;
      const right = ends & 255;
      const row = (cellsFrom[pair] as number) + Math.imul(bins[left] as number, rowWidth);
      const units = cells[row + (bins[right] as number)] as number;
      sum = (sum + units) | 0;
      lost[left] = ((lost[left] as number) + units) | 0;
      lost[right] = ((lost[right] as number) + units) | 0;
    }
    return sum;
  };
}

/** The heaviest first; one that would not help by itself loses its weight, and the heaviest are looked for once more. */
function createReasonPicker(
  { model, count, against, sureLosses }: Kernel,
  { bins, lost, reasons }: Desk,
): () => number {
  const { mainsFrom } = model;
  const helpsAlone = (feature: number): boolean => {
    const place = (mainsFrom[feature] as number) + (bins[feature] as number);
    const own = lost[feature] as number;
    return (
      own > (sureLosses[place] as number) || unitsGained(model, bins, own + (against[feature] as number), feature) > 0
    );
  };
  return () => {
    for (;;) {
      const found = keepHeaviest(lost, count, reasons);
      let place = 0;
      while (place < found && helpsAlone(reasons[place] as number)) place += 1;
      if (place === found) return found;
      lost[reasons[place] as number] = 0;
    }
  };
}
