// How likely chance alone is to bring so much: tails of the normal and of the chi-square distribution, and Holm's
// correction for looking at many things at once.
import { assert } from '../assert.ts';

const PRECISION = 1e-14;
const STEPS_MAX = 10_000;

/** P(X >= statistic) for a chi-square variable: the upper regularised incomplete gamma function Q(df / 2, x / 2). */
export function chiSquareTail(statistic: number, degreesOfFreedom: number): number {
  assert(degreesOfFreedom > 0 && statistic >= 0, 'a chi-square statistic is not negative and has degrees of freedom');
  const a = degreesOfFreedom / 2;
  const x = statistic / 2;
  if (x === 0) return 1;
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? 1 - scale * lowerSeries(a, x) : scale * upperFraction(a, x);
}

/** Sum of x^n / (a (a + 1) ... (a + n)). */
function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < STEPS_MAX && term > sum * PRECISION; n += 1) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** Lentz's evaluation of the continued fraction. */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < STEPS_MAX; n += 1) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    fraction *= c * d;
    if (Math.abs(c * d - 1) < PRECISION) break;
  }
  return fraction;
}

const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** ln of the gamma function for x >= 0.5 (Lanczos, 15 digits). */
function logGamma(x: number): number {
  const shifted = x - 1;
  const t = shifted + LANCZOS.length - 0.5;
  const sum = LANCZOS.reduce((total, value, index) => total + value / (shifted + index + 1), 0.99999999999980993);
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Two-sided: P(|Z| >= |z|). */
export function normalTail(z: number): number {
  return chiSquareTail(z * z, 1);
}

/** Holm's adjusted p-values, in the order given: each may be held against the one level meant for all of them. */
export function holm(pValues: readonly number[]): number[] {
  const order = [...pValues.keys()].sort((one, other) => get(pValues, one) - get(pValues, other));
  const adjusted = new Array<number>(pValues.length).fill(1);
  let highest = 0;
  order.forEach((index, rank) => {
    highest = Math.max(highest, Math.min(1, (pValues.length - rank) * get(pValues, index)));
    adjusted[index] = highest;
  });
  return adjusted;
}

function get(values: readonly number[], index: number): number {
  return values[index] ?? Number.NaN;
}
