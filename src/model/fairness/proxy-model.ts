// How much the features give away of a group: trees are boosted to tell its members from the others, and measured on rows
// they were not fitted to. 0.5 is nothing, 1 is everything. Trees rather than sums of tables, because what two features
// betray together counts as well.
import { countCutsUpTo, cutIntoQuantiles } from '../../lib/statistics/bin-values.ts';
import type { Interval } from '../../lib/statistics/interval.ts';
import { aucInterval, measureRankPower } from '../../lib/statistics/rank-power.ts';
import { assignFolds, createRandom } from '../train/random.ts';
import { type BinnedRows, boostTrees, PROXY_BINS, scoreRow } from './proxy-trees.ts';

const FOLDS = 3;
const SEED = 20_261_122;

export function binRows(features: readonly Float64Array[]): BinnedRows {
  const count = features[0]?.length ?? 0;
  return Array.from({ length: count }, (_, feature) => {
    const values = features.map((row) => row[feature] ?? Number.NaN);
    const cuts = cutIntoQuantiles(
      values.filter((value) => !Number.isNaN(value)),
      PROXY_BINS - 1,
    );
    return Uint8Array.from(values, (value) => (Number.isNaN(value) ? PROXY_BINS - 1 : countCutsUpTo(cuts, value)));
  });
}

/** `member` is 1 for rows of the group. Every row is scored by a model that has not seen it. */
export function measureProxy(bins: BinnedRows, member: Uint8Array): Interval {
  const folds = assignFolds(member, FOLDS, createRandom(SEED));
  const areas = Array.from({ length: FOLDS }, (_, fold) => {
    const train = Uint32Array.from(member.keys()).filter((row) => folds[row] !== fold);
    const test = [...member.keys()].filter((row) => folds[row] === fold);
    const trees = boostTrees(bins, member, train);
    const scores = test.map((row) => scoreRow(bins, trees, row));
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
