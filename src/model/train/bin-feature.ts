// Cuts one feature into bins, by its values alone (the outcome is never looked at): every value its own bin while there
// are few, quantiles when there are many. Special codes have bins of their own among the others, missing values behind.
import { roundTo } from '../round-to.ts';
import { CUT_DECIMALS } from '../scorecard.ts';
import type { Direction } from './direction.ts';

export interface BinnedFeature {
  readonly cuts: Float64Array;
  /** Bin of every row; `cuts.length + 1` is the missing bin. */
  readonly bins: Uint8Array;
  /** Per bin, the missing one included: 1 where it stands outside the order. */
  readonly outside: Uint8Array;
  readonly isCategory: boolean;
  readonly direction: Direction;
  readonly directedFrom: number;
}

export interface BinOptions {
  /** At most so many bins beside those of special codes and the missing one; fewer where these would not find a place. */
  readonly binsMax: number;
  /** Each with at least so many rows where there are that many. */
  readonly rowsMin: number;
  /** Values that are codes, not amounts. */
  readonly specialValues?: readonly number[] | undefined;
  /** Of a category: how many levels it has, whether or not a row has each. */
  readonly levelCount?: number | undefined;
  readonly direction?: Direction | undefined;
  readonly directedFrom?: number | undefined;
}

/** A bin is kept in a byte, and the last place is that of missing values. */
const PLACES = 255;
const FENCES = 2;

export function binFeature(values: Float64Array, options: BinOptions): BinnedFeature {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const specials = [...(options.specialValues ?? [])].sort((one, other) => one - other);
  const isCategory = options.levelCount !== undefined;
  const regular = specials.length === 0 ? sorted : sorted.filter((value) => !specials.includes(value));
  const binsMax = Math.min(options.binsMax, PLACES - FENCES * specials.length);
  const own = isCategory ? levelCuts(options.levelCount ?? 0) : chooseCuts(regular, binsMax, options.rowsMin);
  const cuts = withSpecialCuts(own, specials, sorted);
  const outside = new Uint8Array(cuts.length + 2);
  outside[cuts.length + 1] = 1;
  for (const value of specials) outside[binOf(cuts, value)] = 1;
  const bins = Uint8Array.from(values, (value) => (Number.isNaN(value) ? cuts.length + 1 : binOf(cuts, value)));
  return {
    cuts,
    bins,
    outside,
    isCategory,
    direction: options.direction ?? 0,
    directedFrom: options.directedFrom ?? Number.NEGATIVE_INFINITY,
  };
}

/** A category's values are the places of its levels: 0, 1, 2, ... */
function levelCuts(levelCount: number): Float64Array {
  return Float64Array.from({ length: Math.max(levelCount - 1, 0) }, (_, level) => level + 0.5);
}

function chooseCuts(sorted: Float64Array, binsMax: number, rowsMin: number): Float64Array {
  const cuts: number[] = [];
  const rowsPerBin = countDistinct(sorted) > binsMax ? sorted.length / binsMax : 0;
  const isFine = (sorted.at(-1) ?? 0) - (sorted[0] ?? 0) < FINE_BELOW;
  let due = rowsPerBin;
  let begun = 0;
  for (let place = 1; place < sorted.length; place += 1) {
    const below = sorted[place - 1] ?? Number.NaN;
    const above = sorted[place] ?? Number.NaN;
    if (place < due || place - begun < rowsMin || sorted.length - place < rowsMin) continue;
    const cut = cutBetween(below, above, isFine);
    if (cut === null) continue;
    cuts.push(cut);
    begun = place;
    if (rowsPerBin > 0) due = (Math.floor(place / rowsPerBin) + 1) * rowsPerBin;
  }
  return Float64Array.from(cuts);
}

/**
 * Rounded before any row is binned, so that the artefact's cut and the one trained on are one number: to decimals, or to
 * as many digits as it takes where all the feature lies within a hundredth.
 */
function cutBetween(below: number, above: number, isFine = false): number | null {
  const middle = (below + above) / 2;
  const cuts = isFine
    ? FINE_DIGITS.map((digits) => Number(middle.toPrecision(digits)))
    : [roundTo(middle, CUT_DECIMALS)];
  return cuts.find((cut) => below < cut && cut <= above) ?? null;
}

/** Features whose values all lie within it are measured in units too large for fixed decimals. */
const FINE_BELOW = 0.01;
const FINE_DIGITS = [4, 6, 9, 12, 15];

/** Every special value fenced in, away from the nearest values that occur. */
function withSpecialCuts(cuts: Float64Array, specials: readonly number[], sorted: Float64Array): Float64Array {
  const fences = specials.flatMap((special) => {
    const before = Math.max(...specials.filter((other) => other < special), lastBelow(sorted, special));
    const after = Math.min(...specials.filter((other) => other > special), firstAbove(sorted, special));
    return [
      Number.isFinite(before) ? fenceBetween(before, special) : null,
      Number.isFinite(after) ? fenceBetween(special, after) : null,
    ];
  });
  const all = new Set([...cuts, ...fences.filter((cut) => cut !== null)]);
  return Float64Array.from(all).sort();
}

/** However near they are: a code must not share its bin. */
function fenceBetween(below: number, above: number): number {
  return cutBetween(below, above) ?? cutBetween(below, above, true) ?? above;
}

function lastBelow(sorted: Float64Array, value: number): number {
  const place = sorted.findIndex((one) => one >= value);
  return (place === -1 ? sorted.at(-1) : sorted[place - 1]) ?? Number.NEGATIVE_INFINITY;
}

function firstAbove(sorted: Float64Array, value: number): number {
  return sorted.find((one) => one > value) ?? Number.POSITIVE_INFINITY;
}

function countDistinct(sorted: Float64Array): number {
  let distinct = 0;
  for (let place = 0; place < sorted.length; place += 1) if (sorted[place] !== sorted[place - 1]) distinct += 1;
  return distinct;
}

/** How many cuts are at or below the value. */
export function binOf(cuts: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value >= (cuts[middle] ?? Number.NaN)) low = middle + 1;
    else high = middle;
  }
  return low;
}
