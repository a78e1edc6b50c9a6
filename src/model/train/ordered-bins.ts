// A feature as one bag's booster sees it: bins in an order first, those outside the order (special codes, missing) behind.
// For numbers the order is theirs; for categories it is that of the bad rates among the rows the bag learns from.
import type { BinnedFeature } from './bin-feature.ts';
import type { Direction } from './direction.ts';

export interface OrderedBins {
  /** How many bins stand in the order; `count` with those outside it. */
  readonly ordered: number;
  readonly count: number;
  readonly direction: Direction;
  /** The first cut (the bins below it and from it on) at which the direction holds. */
  readonly directedFrom: number;
  /** Booster's place of every bin of the artefact, the missing one last. */
  readonly placeOf: Uint8Array;
}

/** Levels with few rows are pulled towards the mean by this many rows of it. */
const LEVEL_PRIOR_ROWS = 10;

export function orderBins(feature: BinnedFeature, target: Uint8Array, heldOut: Uint8Array): OrderedBins {
  const count = feature.cuts.length + 2;
  const inOrder: number[] = [];
  const outside: number[] = [];
  for (let bin = 0; bin < count; bin += 1) (feature.outside[bin] === 1 ? outside : inOrder).push(bin);
  const places = feature.isCategory ? sortByRate(inOrder, feature.bins, target, heldOut) : inOrder;
  const placeOf = new Uint8Array(count);
  [...places, ...outside].forEach((bin, place) => {
    placeOf[bin] = place;
  });
  return {
    ordered: inOrder.length,
    count,
    direction: feature.direction,
    // By the bin below a cut: between it and the next in the order there may be bins of special codes.
    directedFrom: 1 + inOrder.slice(0, -1).filter((bin) => (feature.cuts[bin] ?? 0) <= feature.directedFrom).length,
    placeOf,
  };
}

function sortByRate(levels: readonly number[], bins: Uint8Array, target: Uint8Array, heldOut: Uint8Array): number[] {
  const rows = new Float64Array(256);
  const bads = new Float64Array(256);
  let rowsAll = 0;
  let badsAll = 0;
  for (let row = 0; row < bins.length; row += 1) {
    if (heldOut[row] === 1) continue;
    const bin = bins[row] as number;
    rows[bin] = (rows[bin] as number) + 1;
    bads[bin] = (bads[bin] as number) + (target[row] as number);
    rowsAll += 1;
    badsAll += target[row] as number;
  }
  const rate = (bin: number) =>
    ((bads[bin] ?? 0) + (LEVEL_PRIOR_ROWS * badsAll) / rowsAll) / ((rows[bin] ?? 0) + LEVEL_PRIOR_ROWS);
  return [...levels].sort((one, other) => rate(one) - rate(other) || one - other);
}
