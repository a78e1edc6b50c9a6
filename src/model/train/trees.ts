// Trees of two levels in flat arrays, one after the other: quick to walk, and to hand from one thread to another.

/** Room for a side per bin; a feature has at most 256 bins. */
export const SIDES = 256;
export const LEAVES = 4;

export interface Trees {
  /** Three nodes a tree: root, left, right; -1 where there is none. */
  readonly features: Int16Array;
  /** Per node and bin: 1 where it goes right. */
  readonly sides: Uint8Array;
  /** Four a tree: left-left, left-right, right-left, right-right. */
  readonly leaves: Float64Array;
  /** Per tree: what lies between its two sides where the root has a direction, else 0. */
  readonly middles: Float64Array;
}

export function makeTrees(rounds: number): Trees {
  return {
    features: new Int16Array(3 * rounds).fill(-1),
    sides: new Uint8Array(3 * rounds * SIDES),
    leaves: new Float64Array(LEAVES * rounds),
    middles: new Float64Array(rounds),
  };
}
