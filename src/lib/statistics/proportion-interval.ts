// Intervals of shares, of their difference and of their ratio, that hold with few cases and at 0 and 1 too: Wilson's
// score interval (1927), Newcombe's hybrid for the difference (1998, method 10), and Donner and Zou's for the ratio (2012).
import { assert } from '../assert.ts';
import { type Interval, Z_95 } from './interval.ts';

/** `count` of `of`; either may be fractional, where a design effect has made it smaller. */
export interface Share {
  readonly count: number;
  readonly of: number;
}

export function wilsonInterval({ count, of }: Share, z = Z_95): Interval {
  assert(of > 0 && count >= 0 && count <= of, 'a share is a part of something');
  const estimate = count / of;
  const z2 = z * z;
  const middle = (estimate + z2 / (2 * of)) / (1 + z2 / of);
  const half = (z * Math.sqrt((estimate * (1 - estimate)) / of + z2 / (4 * of * of))) / (1 + z2 / of);
  // At 0 and 1 the ends are exact; rounding must not leave them a hair inside.
  const low = count === 0 ? 0 : Math.max(middle - half, 0);
  const high = count === of ? 1 : Math.min(middle + half, 1);
  return { estimate, low, high };
}

/** Of `one` minus `other`. */
export function differenceInterval(one: Share, other: Share, z = Z_95): Interval {
  const a = wilsonInterval(one, z);
  const b = wilsonInterval(other, z);
  const estimate = a.estimate - b.estimate;
  return {
    estimate,
    low: estimate - Math.hypot(a.estimate - a.low, b.high - b.estimate),
    high: estimate + Math.hypot(a.high - a.estimate, b.estimate - b.low),
  };
}

/** Of `one` divided by `other`; the upper end is infinite where the other share may be 0. */
export function ratioInterval(one: Share, other: Share, z = Z_95): Interval {
  const a = wilsonInterval(one, z);
  const b = wilsonInterval(other, z);
  const product = a.estimate * b.estimate;
  // Where |a - R b| leaves what both intervals together allow, written so that neither end divides by what may be 0.
  const lowPart = a.low * (2 * a.estimate - a.low);
  const lowRoot = Math.sqrt(Math.max(product * product - lowPart * b.high * (2 * b.estimate - b.high), 0));
  const highPart = b.low * (2 * b.estimate - b.low);
  const highRoot = Math.sqrt(Math.max(product * product - highPart * a.high * (2 * a.estimate - a.high), 0));
  return {
    estimate: b.estimate === 0 ? Number.NaN : a.estimate / b.estimate,
    low: lowPart === 0 ? 0 : lowPart / (product + lowRoot),
    high: highPart === 0 ? Number.POSITIVE_INFINITY : (product + highRoot) / highPart,
  };
}
