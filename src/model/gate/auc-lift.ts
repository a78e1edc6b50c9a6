// How much better the block ranks: the area under the ROC curve with it minus the one without, on rows neither model was
// fitted to, so that the paired test of DeLong, DeLong and Clarke-Pearson (1988) holds.
import { assert } from '../../lib/assert.ts';

export interface AucLift {
  readonly without: number;
  readonly with: number;
  readonly lift: number;
  /** Of the lift; null where it was not asked for. */
  readonly standardError: number | null;
}

/** Both classes must be present. */
export function computeAucLift(without: Float64Array, withBlock: Float64Array, defaulted: Uint8Array): AucLift {
  const before = computeAuc(without, defaulted);
  const after = computeAuc(withBlock, defaulted);
  return { without: before, with: after, lift: after - before, standardError: null };
}

export function computeAucLiftWithError(
  without: Float64Array,
  withBlock: Float64Array,
  defaulted: Uint8Array,
): AucLift {
  const lift = computeAucLift(without, withBlock, defaulted);
  const before = placementsOf(without, defaulted);
  const after = placementsOf(withBlock, defaulted);
  const variance = [1, 0].reduce((sum, kind) => {
    const gaps: number[] = [];
    for (let row = 0; row < defaulted.length; row += 1) {
      if (defaulted[row] === kind) gaps.push(get(after, row) - get(before, row));
    }
    return sum + varianceOf(gaps) / gaps.length;
  }, 0);
  return { ...lift, standardError: Math.sqrt(variance) };
}

/** Share of pairs of a bad and a good in which the bad has the higher log-odds; ties count half. */
export function computeAuc(logOdds: Float64Array, defaulted: Uint8Array): number {
  const bads = logOdds.filter((_, row) => defaulted[row] === 1).sort();
  const goods = logOdds.filter((_, row) => defaulted[row] !== 1).sort();
  assert(bads.length > 0 && goods.length > 0, 'an AUC needs defaults and non-defaults');
  let below = 0;
  let upTo = 0;
  let pairs = 0;
  for (const value of bads) {
    while (below < goods.length && get(goods, below) < value) below += 1;
    upTo = Math.max(upTo, below);
    while (upTo < goods.length && get(goods, upTo) === value) upTo += 1;
    pairs += (below + upTo) / 2;
  }
  return pairs / bads.length / goods.length;
}

/** Of each row the share of the other class on its right side: its part in the AUC. */
function placementsOf(logOdds: Float64Array, defaulted: Uint8Array): Float64Array {
  const bads = logOdds.filter((_, row) => defaulted[row] === 1).sort();
  const goods = logOdds.filter((_, row) => defaulted[row] !== 1).sort();
  return logOdds.map((value, row) => (defaulted[row] === 1 ? shareBelow(goods, value) : 1 - shareBelow(bads, value)));
}

function shareBelow(sorted: Float64Array, value: number): number {
  return (countWhile(sorted, (one) => one < value) + countWhile(sorted, (one) => one <= value)) / 2 / sorted.length;
}

/** Bisection: `holds` is true up to some place and false from there on. */
function countWhile(sorted: Float64Array, holds: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(get(sorted, middle))) low = middle + 1;
    else high = middle;
  }
  return low;
}

function varianceOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(values.length - 1, 1);
}

function get(values: Float64Array, index: number): number {
  return values[index] ?? Number.NaN;
}
