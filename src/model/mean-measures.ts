// Measures of many folds as means, each with an interval that knows that folds share their training rows.

import { roundTo } from './round-to.ts';
import { METRIC_DECIMALS, type Metrics } from './scorecard.ts';

const MEASURES = {
  auc: 'auc',
  ks: 'ks',
  brier: 'brier',
  logLoss: 'logLoss',
  h: 'hMeasure',
  ece: 'calibrationError',
  slope: 'calibrationSlope',
  intercept: 'calibrationIntercept',
} as const satisfies Record<string, keyof Metrics>;

export type MeasureName = keyof typeof MEASURES;
export const MEASURE_NAMES = Object.keys(MEASURES) as readonly MeasureName[];

export type MeanMeasures = Readonly<Record<MeasureName, number>> & {
  readonly folds: number;
  readonly intervals: Readonly<Record<MeasureName, readonly [number, number]>>;
};

/** Two-sided 95 % of t distributions with 1 to 24 degrees of freedom; beyond, that of 24 is a little too wide. */
const T_QUANTILES = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064,
];
/** Rows left out for each row learned from, five folds a repeat. */
const TEST_PER_TRAINING = 1 / 4;

export function meanMeasures(folds: readonly Metrics[]): MeanMeasures {
  const means = {} as Record<MeasureName, number>;
  const intervals = {} as Record<MeasureName, readonly [number, number]>;
  for (const name of MEASURE_NAMES) {
    const values = folds.map((fold) => fold[MEASURES[name]] ?? Number.NaN);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const half = halfWidth(values, mean);
    means[name] = roundTo(mean, METRIC_DECIMALS);
    intervals[name] = [roundTo(mean - half, METRIC_DECIMALS), roundTo(mean + half, METRIC_DECIMALS)];
  }
  return { ...means, folds: folds.length, intervals };
}

/** Nadeau and Bengio (2003): the variance of the folds, corrected for the rows that their training sets share. */
function halfWidth(values: readonly number[], mean: number): number {
  if (values.length < 2) return 0;
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  const variance = squares / (values.length - 1);
  const quantile = T_QUANTILES[Math.min(values.length - 1, T_QUANTILES.length) - 1] ?? Number.NaN;
  return quantile * Math.sqrt(variance * (1 / values.length + TEST_PER_TRAINING));
}
