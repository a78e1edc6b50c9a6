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

/** Two-sided 95 % of a t distribution with 4 and with 24 degrees of freedom; between and beyond, the normal's is near. */
const T_BY_FOLDS: Readonly<Record<number, number>> = { 5: 2.776, 10: 2.262, 15: 2.145, 20: 2.093, 25: 2.064 };
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
  return (T_BY_FOLDS[values.length] ?? 1.96) * Math.sqrt(variance * (1 / values.length + TEST_PER_TRAINING));
}
