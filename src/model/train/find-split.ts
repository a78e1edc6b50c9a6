// The best split of one feature at one node of a tree, from the histogram of its gradients. A split that would break the
// feature's direction is never offered, and leaf values stay within the bounds that the node has from above.
import type { OrderedBins } from './ordered-bins.ts';

export interface SplitSettings {
  /** Added to the second derivative of every leaf: pulls leaves that rest on little towards 0. */
  readonly l2: number;
  /** Least second derivative a leaf must rest on: about six rows for each unit where a fifth default, many more where few do. */
  readonly curvatureMin: number;
}

/** `special`: an index into the bins outside the order that alone goes right; REST_LEFT or REST_RIGHT: all of them go there. */
export interface Split {
  readonly gain: number;
  readonly cut: number;
  readonly special: number;
  readonly left: number;
  readonly right: number;
}

export interface Bounds {
  readonly low: number;
  readonly high: number;
}

export const UNBOUNDED: Bounds = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
export const REST_LEFT = -1;
export const REST_RIGHT = -2;
const GAIN_MIN = 1e-9;

/**
 * `histogram` holds the sums of one feature's bins, gradient and curvature in turn, in the booster's order: those in the
 * order first, then those outside.
 */
export function findSplit(
  histogram: Float64Array,
  bins: OrderedBins,
  { l2, curvatureMin }: SplitSettings,
  { low, high }: Bounds,
): Split | null {
  const { ordered, count, direction, directedFrom } = bins;
  let gradientAll = 0;
  let curvatureAll = 0;
  let gradientRest = 0;
  let curvatureRest = 0;
  for (let bin = 0; bin < count; bin += 1) {
    gradientAll += histogram[2 * bin] as number;
    curvatureAll += histogram[2 * bin + 1] as number;
    if (bin < ordered) continue;
    gradientRest += histogram[2 * bin] as number;
    curvatureRest += histogram[2 * bin + 1] as number;
  }
  const whole = leafValue(gradientAll, curvatureAll + l2, low, high);
  const before = leafGain(gradientAll, curvatureAll + l2, whole) + GAIN_MIN;
  let gain = before;
  let cutAt = -1;
  let special = REST_LEFT;
  let left = 0;
  let right = 0;
  let gradientBelow = 0;
  let curvatureBelow = 0;
  const sides = curvatureRest > GAIN_MIN ? 2 : 1;
  for (let cut = 1; cut < ordered; cut += 1) {
    gradientBelow += histogram[2 * cut - 2] as number;
    curvatureBelow += histogram[2 * cut - 1] as number;
    for (let side = 0; side < sides; side += 1) {
      const g = side === 0 ? gradientBelow + gradientRest : gradientBelow;
      const h = side === 0 ? curvatureBelow + curvatureRest : curvatureBelow;
      if (h < curvatureMin || curvatureAll - h < curvatureMin) continue;
      const l = leafValue(g, h + l2, low, high);
      const r = leafValue(gradientAll - g, curvatureAll - h + l2, low, high);
      if (direction !== 0 && cut >= directedFrom && (r - l) * direction < 0) continue;
      const found = leafGain(g, h + l2, l) + leafGain(gradientAll - g, curvatureAll - h + l2, r);
      if (!(found > gain)) continue;
      gain = found;
      cutAt = cut;
      special = side === 0 ? REST_LEFT : REST_RIGHT;
      left = l;
      right = r;
    }
  }
  for (let bin = ordered; bin < count; bin += 1) {
    const g = gradientAll - (histogram[2 * bin] as number);
    const h = curvatureAll - (histogram[2 * bin + 1] as number);
    if (h < curvatureMin || curvatureAll - h < curvatureMin) continue;
    const l = leafValue(g, h + l2, low, high);
    const r = leafValue(gradientAll - g, curvatureAll - h + l2, low, high);
    const found = leafGain(g, h + l2, l) + leafGain(gradientAll - g, curvatureAll - h + l2, r);
    if (!(found > gain)) continue;
    gain = found;
    cutAt = 0;
    special = bin - ordered;
    left = l;
    right = r;
  }
  return cutAt < 0 ? null : { gain: gain - before, cut: cutAt, special, left, right };
}

function leafValue(gradient: number, curvature: number, low: number, high: number): number {
  const value = curvature > 0 ? gradient / curvature : 0;
  if (value < low) return low;
  if (value > high) return high;
  return value;
}

/** How much the loss falls, to second order, when the leaf moves by `value`. */
function leafGain(gradient: number, curvature: number, value: number): number {
  return value * (gradient - 0.5 * curvature * value);
}
