// How well a score tells defaults from the rest, with intervals that hold for few defaults too.
import { assert } from '../assert.ts';
import { type Interval, Z_95 } from './interval.ts';
import { differenceInterval } from './proportion-interval.ts';

export interface RankPower {
  readonly auc: Interval;
  /**
   * Largest gap between the two distributions; the interval is that of the gap at the score where it is largest, which
   * takes the place as given.
   */
  readonly ks: Interval;
}

/**
 * `designEffect` is how many rows count as one where rows depend on each other: at least 1. Both classes must be
 * present. A higher log-odds means more risk; ties count half.
 */
export function measureRankPower(
  logOdds: readonly number[],
  defaulted: readonly boolean[],
  designEffect = 1,
): RankPower {
  const order = [...logOdds.keys()].sort((one, other) => at(logOdds, one) - at(logOdds, other));
  const bads = defaulted.filter(Boolean).length;
  const goods = defaulted.length - bads;
  assert(bads > 0 && goods > 0, 'rank power needs defaults and non-defaults');
  let badsBelow = 0;
  let goodsBelow = 0;
  let pairs = 0;
  let widest = { gap: -1, bads: 0, goods: 0 };
  for (let from = 0; from < order.length; ) {
    const tied = countTied(order, logOdds, defaulted, from);
    pairs += tied.bads * (goodsBelow + tied.goods / 2);
    badsBelow += tied.bads;
    goodsBelow += tied.goods;
    const gap = Math.abs(goodsBelow / goods - badsBelow / bads);
    if (gap > widest.gap) widest = { gap, bads: badsBelow, goods: goodsBelow };
    from += tied.bads + tied.goods;
  }
  return {
    auc: aucInterval(pairs / (bads * goods), bads / designEffect, goods / designEffect),
    ks: ksInterval(widest, bads, goods, designEffect),
  };
}

function countTied(order: readonly number[], logOdds: readonly number[], defaulted: readonly boolean[], from: number) {
  const value = at(logOdds, order[from] ?? -1);
  let bads = 0;
  let to = from;
  for (; to < order.length && at(logOdds, order[to] ?? -1) === value; to += 1) {
    if (defaulted[order[to] ?? -1] === true) bads += 1;
  }
  return { bads, goods: to - from - bads };
}

function ksInterval(
  { bads, goods }: { readonly bads: number; readonly goods: number },
  allBads: number,
  allGoods: number,
  designEffect: number,
): Interval {
  const goodsBelow = { count: goods / designEffect, of: allGoods / designEffect };
  const badsBelow = { count: bads / designEffect, of: allBads / designEffect };
  const { estimate, low, high } = differenceInterval(goodsBelow, badsBelow);
  if (estimate >= 0) return { estimate, low: Math.max(low, 0), high };
  return { estimate: -estimate, low: Math.max(-high, 0), high: -low };
}

/**
 * Newcombe's score-like interval for the area under the curve (2006, method 5): the ends are those areas that the found
 * one is just not too far from. It stays within 0 and 1, and holds where every default ranks last.
 */
export function aucInterval(auc: number, bads: number, goods: number, z = Z_95): Interval {
  const isTooFar = (area: number) => Math.abs(auc - area) > z * Math.sqrt(varianceOfAuc(area, bads, goods));
  return { estimate: auc, low: findEnd(auc, 0, isTooFar), high: findEnd(auc, 1, isTooFar) };
}

function varianceOfAuc(area: number, bads: number, goods: number): number {
  const others = Math.max((bads + goods) / 2 - 1, 0);
  const spread = 1 + others * ((1 - area) / (2 - area) + area / (1 + area));
  return (area * (1 - area) * spread) / (bads * goods);
}

const HALVINGS = 60;

/** Between `near`, which is not too far, and `far`. */
function findEnd(near: number, far: number, isTooFar: (area: number) => boolean): number {
  let inside = near;
  let outside = far;
  for (let halving = 0; halving < HALVINGS; halving += 1) {
    const middle = (inside + outside) / 2;
    if (isTooFar(middle)) outside = middle;
    else inside = middle;
  }
  return inside;
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? Number.NaN;
}
