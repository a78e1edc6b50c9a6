// Do as many default as were expected, and does risk rise as steeply as the model says?
import { assert } from '../lib/assert.ts';
import { type Interval, Z_95 } from '../lib/statistics/interval.ts';
import { wilsonInterval } from '../lib/statistics/proportion-interval.ts';

export interface Calibration {
  readonly observedRate: Interval;
  readonly expectedRate: number;
  /** Defaults over expected defaults: 1 is right, above it the model is too hopeful. */
  readonly observedToExpected: Interval;
  /** Of a logistic regression of the outcome on the log-odds; null where both classes or any spread are missing. */
  readonly slope: Interval | null;
  readonly intercept: Interval | null;
}

/** `designEffect`: how many rows count as one where rows depend on each other. */
export function measureCalibration(
  logOdds: readonly number[],
  defaulted: readonly boolean[],
  designEffect = 1,
): Calibration {
  const rows = logOdds.length;
  assert(rows > 0 && defaulted.length === rows, 'one outcome a score');
  const defaults = defaulted.filter(Boolean).length;
  const expectedRate = logOdds.reduce((sum, z) => sum + chanceOf(z), 0) / rows;
  const observedRate = wilsonInterval({ count: defaults / designEffect, of: rows / designEffect });
  const line = defaults === 0 || defaults === rows ? null : fitLine(logOdds, defaulted);
  const around = (estimate: number, variance: number): Interval => {
    const half = Z_95 * Math.sqrt(variance * designEffect);
    return { estimate, low: estimate - half, high: estimate + half };
  };
  return {
    observedRate,
    expectedRate,
    observedToExpected: {
      estimate: observedRate.estimate / expectedRate,
      low: observedRate.low / expectedRate,
      high: observedRate.high / expectedRate,
    },
    slope: line === null ? null : around(line.slope, line.slopeVariance),
    intercept: line === null ? null : around(line.intercept, line.interceptVariance),
  };
}

interface Line {
  readonly slope: number;
  readonly intercept: number;
  readonly slopeVariance: number;
  readonly interceptVariance: number;
}

const STEPS_MAX = 50;

/** Newton's method; null where scores do not differ, or part the classes so well that no slope is steep enough. */
function fitLine(logOdds: readonly number[], defaulted: readonly boolean[]): Line | null {
  let slope = 1;
  let intercept = 0;
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const sums = sumDerivatives(logOdds, defaulted, slope, intercept);
    const determinant = sums.h00 * sums.h11 - sums.h01 * sums.h01;
    if (!(determinant > 1e-12 * sums.h00 * sums.h11)) return null;
    const stepSlope = (sums.h00 * sums.g1 - sums.h01 * sums.g0) / determinant;
    const stepIntercept = (sums.h11 * sums.g0 - sums.h01 * sums.g1) / determinant;
    slope += stepSlope;
    intercept += stepIntercept;
    if (Math.abs(stepSlope) + Math.abs(stepIntercept) > 1e-9) continue;
    return {
      slope,
      intercept,
      slopeVariance: sums.h00 / determinant,
      interceptVariance: sums.h11 / determinant,
    };
  }
  return null;
}

function sumDerivatives(
  logOdds: readonly number[],
  defaulted: readonly boolean[],
  slope: number,
  intercept: number,
): { g0: number; g1: number; h00: number; h01: number; h11: number } {
  const sums = { g0: 0, g1: 0, h00: 0, h01: 0, h11: 0 };
  logOdds.forEach((z, row) => {
    const chance = chanceOf(intercept + slope * z);
    const gradient = (defaulted[row] === true ? 1 : 0) - chance;
    const weight = chance * (1 - chance);
    sums.g0 += gradient;
    sums.g1 += gradient * z;
    sums.h00 += weight;
    sums.h01 += weight * z;
    sums.h11 += weight * z * z;
  });
  return sums;
}

export function chanceOf(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}
