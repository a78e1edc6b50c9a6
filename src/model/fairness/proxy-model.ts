// How much the features give away of a group: a small additive model is boosted to tell its members from the others, and
// measured on rows it was not fitted to. 0.5 is nothing, 1 is everything.
import { countCutsUpTo, cutIntoQuantiles } from '../../lib/statistics/bin-values.ts';
import type { Interval } from '../../lib/statistics/interval.ts';
import { aucInterval, measureRankPower } from '../../lib/statistics/rank-power.ts';
import { sigmoid } from '../base-rate.ts';
import { assignFolds, createRandom } from '../train/random.ts';

const FOLDS = 4;
const BINS = 24;
const ROUNDS = 30;
const LEARNING_RATE = 0.3;
/** Pulls bins that rest on few rows towards nothing. */
const L2 = 20;
const SEED = 20_261_122;

/** Bins of every feature, `BINS` standing for a missing value at the most. */
export type BinnedRows = readonly Uint8Array[];

export function binRows(features: readonly Float64Array[]): BinnedRows {
  const count = features[0]?.length ?? 0;
  return Array.from({ length: count }, (_, feature) => {
    const values = features.map((row) => row[feature] ?? Number.NaN);
    const cuts = cutIntoQuantiles(
      values.filter((value) => !Number.isNaN(value)),
      BINS,
    );
    return Uint8Array.from(values, (value) => (Number.isNaN(value) ? BINS : countCutsUpTo(cuts, value)));
  });
}

/** `member` is 1 for rows of the group. Every row is scored by a model that has not seen it. */
export function measureProxy(bins: BinnedRows, member: Uint8Array): Interval {
  const folds = assignFolds(member, FOLDS, createRandom(SEED));
  const areas = Array.from({ length: FOLDS }, (_, fold) => {
    const train = Uint32Array.from(member.keys()).filter((row) => folds[row] !== fold);
    const test = [...member.keys()].filter((row) => folds[row] === fold);
    const scores = scoreRows(bins, fitTables(bins, member, train), test);
    const { auc } = measureRankPower(
      scores,
      test.map((row) => member[row] === 1),
    );
    return auc.estimate;
  });
  const members = member.reduce((sum, value) => sum + value, 0);
  // Models of different folds are not on one scale, so their areas are averaged rather than their scores pooled.
  return aucInterval(areas.reduce((sum, area) => sum + area, 0) / FOLDS, members, member.length - members);
}

type Tables = readonly Float64Array[];

function fitTables(bins: BinnedRows, member: Uint8Array, train: Uint32Array): Tables {
  const members = train.reduce((sum, row) => sum + (member[row] ?? 0), 0);
  const scores = new Float64Array(member.length).fill(Math.log(members / (train.length - members)));
  const tables = bins.map(() => new Float64Array(BINS + 1));
  for (let round = 0; round < ROUNDS; round += 1) {
    tables.forEach((table, feature) => {
      const own = bins[feature];
      if (own !== undefined) improveTable(table, own, member, train, scores);
    });
  }
  return tables;
}

/** One Newton step for every bin of a feature, a part of the way. */
function improveTable(
  table: Float64Array,
  bins: Uint8Array,
  member: Uint8Array,
  train: Uint32Array,
  scores: Float64Array,
): void {
  const gradients = new Float64Array(table.length);
  const weights = new Float64Array(table.length).fill(L2);
  for (const row of train) {
    const chance = sigmoid(scores[row] as number);
    const bin = bins[row] as number;
    gradients[bin] = (gradients[bin] as number) + (member[row] as number) - chance;
    weights[bin] = (weights[bin] as number) + chance * (1 - chance);
  }
  const steps = gradients.map((gradient, bin) => (LEARNING_RATE * gradient) / (weights[bin] as number));
  steps.forEach((step, bin) => {
    table[bin] = (table[bin] as number) + step;
  });
  for (const row of train) scores[row] = (scores[row] as number) + (steps[bins[row] as number] as number);
}

function scoreRows(bins: BinnedRows, tables: Tables, rows: readonly number[]): number[] {
  return rows.map((row) => bins.reduce((sum, own, feature) => sum + (tables[feature]?.[own[row] ?? 0] ?? 0), 0));
}
