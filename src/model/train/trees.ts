// Binary trees of one depth in flat arrays, one after the other: quick to walk, and to hand from one thread to another.

/** Room for a side per bin; a feature has at most 256 bins. */
export const SIDES = 256;
/** A tree of a main or a pair: three nodes, four leaves. */
export const TABLE_DEPTH = 2;
export const LEAVES = 4;

export interface Trees {
  readonly depth: number;
  /** 2^depth - 1 nodes a tree, the root first, the children of node n at 2n + 1 and 2n + 2; -1 where none divides. */
  readonly features: Int16Array;
  /** Per node and bin: 1 where it goes right. */
  readonly sides: Uint8Array;
  /** 2^depth a tree, from left to right. */
  readonly leaves: Float64Array;
  /** Per tree: what lies between its two sides where the root has a direction, else 0. */
  readonly middles: Float64Array;
}

export function makeTrees(rounds: number, depth: number): Trees {
  const leaves = 1 << depth;
  return {
    depth,
    features: new Int16Array((leaves - 1) * rounds).fill(-1),
    sides: new Uint8Array((leaves - 1) * rounds * SIDES),
    leaves: new Float64Array(leaves * rounds),
    middles: new Float64Array(rounds),
  };
}

/** Adds one tree's leaf to the log-odds of every row. */
export function applyTree(trees: Trees, round: number, bins: readonly Uint8Array[], logOdds: Float64Array): void {
  if (trees.depth === TABLE_DEPTH) {
    applyShallow(trees, round, bins, logOdds);
    return;
  }
  const { depth, features, sides, leaves } = trees;
  const nodes = (1 << depth) - 1;
  const first = nodes * round;
  for (let row = 0; row < logOdds.length; row += 1) {
    let node = 0;
    while (node < nodes) {
      const feature = features[first + node] as number;
      const right =
        feature < 0 ? 0 : (sides[(first + node) * SIDES + ((bins[feature] as Uint8Array)[row] as number)] as number);
      node = 2 * node + 1 + right;
    }
    logOdds[row] = (logOdds[row] as number) + (leaves[(nodes + 1) * round + node - nodes] as number);
  }
}

function applyShallow(trees: Trees, round: number, bins: readonly Uint8Array[], logOdds: Float64Array): void {
  const [root, left, right] = [0, 1, 2].map((node) => trees.features[3 * round + node] as number) as [
    number,
    number,
    number,
  ];
  const [sideRoot, sideLeft, sideRight] = [0, 1, 2].map((node) =>
    trees.sides.subarray((3 * round + node) * SIDES, (3 * round + node + 1) * SIDES),
  ) as [Uint8Array, Uint8Array, Uint8Array];
  const v0 = trees.leaves[LEAVES * round] as number;
  const v1 = trees.leaves[LEAVES * round + 1] as number;
  const v2 = trees.leaves[LEAVES * round + 2] as number;
  const v3 = trees.leaves[LEAVES * round + 3] as number;
  const ofRoot = bins[root] as Uint8Array;
  const ofLeft = bins[left < 0 ? root : left] as Uint8Array;
  const ofRight = bins[right < 0 ? root : right] as Uint8Array;
  for (let row = 0; row < logOdds.length; row += 1) {
    const move =
      sideRoot[ofRoot[row] as number] === 1
        ? sideRight[ofRight[row] as number] === 1
          ? v3
          : v2
        : sideLeft[ofLeft[row] as number] === 1
          ? v1
          : v0;
    logOdds[row] = (logOdds[row] as number) + move;
  }
}
