// Trees added up to tables: one per feature, one per pair that shared a tree. Every table by itself keeps the directions
// of its features, because each side of a directed split stays on its own side of the middle that goes to the constant.
import type { BinnedFeature } from './bin-feature.ts';
import { LEAVES, SIDES, type Trees } from './trees.ts';

/** Rows by bins of `one`, columns by bins of `other`, missing last in both. */
export interface PairSums {
  readonly one: number;
  readonly other: number;
  readonly rows: number;
  readonly columns: number;
  readonly logOdds: Float64Array;
}

export interface TableSums {
  constant: number;
  readonly mains: readonly Float64Array[];
  /** By `one * features + other`, `one` the smaller. */
  readonly pairs: Map<number, PairSums>;
}

export function makeTableSums(features: readonly BinnedFeature[]): TableSums {
  return { constant: 0, mains: features.map((feature) => new Float64Array(feature.cuts.length + 2)), pairs: new Map() };
}

/** Adds the first `rounds` trees, each times `weight`. */
export function addTrees(sums: TableSums, trees: Trees, rounds: number, weight: number): void {
  for (let round = 0; round < rounds; round += 1) {
    const root = trees.features[3 * round] as number;
    if (root < 0) continue;
    const middle = trees.middles[round] as number;
    sums.constant += middle * weight;
    for (const right of [0, 1]) addSide(sums, trees, { round, root, middle, right, weight });
  }
}

interface Side {
  readonly round: number;
  readonly root: number;
  readonly middle: number;
  readonly right: number;
  readonly weight: number;
}

function addSide(sums: TableSums, trees: Trees, { round, root, middle, right, weight }: Side): void {
  const node = 3 * round + 1 + right;
  const below = trees.features[node] as number;
  const low = ((trees.leaves[LEAVES * round + 2 * right] as number) - middle) * weight;
  const high = ((trees.leaves[LEAVES * round + 2 * right + 1] as number) - middle) * weight;
  const ofRoot = trees.sides.subarray(3 * round * SIDES, (3 * round + 1) * SIDES);
  const ofBelow = trees.sides.subarray(node * SIDES, (node + 1) * SIDES);
  if (below < 0 || below === root) {
    const main = sums.mains[root] as Float64Array;
    for (let bin = 0; bin < main.length; bin += 1) {
      if (ofRoot[bin] !== right) continue;
      main[bin] = (main[bin] as number) + (below >= 0 && ofBelow[bin] === 1 ? high : low);
    }
    return;
  }
  const pair = pairOf(sums, Math.min(root, below), Math.max(root, below));
  const [sideRow, sideColumn] = root < below ? [ofRoot, ofBelow] : [ofBelow, ofRoot];
  for (let row = 0; row < pair.rows; row += 1) {
    for (let column = 0; column < pair.columns; column += 1) {
      const [atRoot, atBelow] = root < below ? [sideRow[row], sideColumn[column]] : [sideColumn[column], sideRow[row]];
      if (atRoot !== right) continue;
      const cell = row * pair.columns + column;
      pair.logOdds[cell] = (pair.logOdds[cell] as number) + (atBelow === 1 ? high : low);
    }
  }
}

function pairOf(sums: TableSums, one: number, other: number): PairSums {
  const key = one * sums.mains.length + other;
  const known = sums.pairs.get(key);
  if (known !== undefined) return known;
  const rows = sums.mains[one]?.length ?? 0;
  const columns = sums.mains[other]?.length ?? 0;
  const made: PairSums = { one, other, rows, columns, logOdds: new Float64Array(rows * columns) };
  sums.pairs.set(key, made);
  return made;
}
