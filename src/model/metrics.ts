// How well log-odds of default rank and how true they are as probabilities. Ties count half in the AUC and move both
// curves at once in the KS, so that a constant score earns 0.5 and 0.
import { assert } from '../lib/assert.ts';
import { sigmoid } from './base-rate.ts';
import { computeHMeasure } from './h-measure.ts';
import { roundTo } from './round-to.ts';
import { METRIC_DECIMALS, type Metrics } from './scorecard.ts';

const CALIBRATION_BINS = 10;
const NEWTON_STEPS_MAX = 50;

/** `target` is 1 for a default. Both classes must be present: neither measure exists without them. */
export function computeMetrics(logOdds: Float64Array, target: Uint8Array): Metrics {
  assert(logOdds.length === target.length, 'one score per row');
  const defaults = target.reduce((sum, value) => sum + value, 0);
  assert(defaults > 0 && defaults < target.length, 'metrics need defaults and non-defaults');
  const order = Uint32Array.from(logOdds, (_, index) => index).sort(
    (one, other) => get(logOdds, one) - get(logOdds, other) || one - other,
  );
  const fit = fitCalibration(logOdds, target);
  const metrics = {
    ...computeRankPower(logOdds, target, order, defaults),
    ...computeLosses(logOdds, target),
    hMeasure: computeHMeasure(logOdds, target, order),
    calibrationError: computeCalibrationError(logOdds, target, order),
    calibrationSlope: fit.slope,
    calibrationIntercept: fit.intercept,
  };
  return { rows: target.length, defaults, ...roundAll(metrics, METRIC_DECIMALS) };
}

function computeRankPower(logOdds: Float64Array, target: Uint8Array, order: Uint32Array, defaults: number) {
  const goods = target.length - defaults;
  let badsBelow = 0;
  let goodsBelow = 0;
  let pairs = 0;
  let ks = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    let bads = 0;
    while (to < order.length && get(logOdds, get(order, to)) === get(logOdds, get(order, from))) {
      bads += get(target, get(order, to));
      to += 1;
    }
    const tiedGoods = to - from - bads;
    pairs += bads * (goodsBelow + tiedGoods / 2);
    badsBelow += bads;
    goodsBelow += tiedGoods;
    ks = Math.max(ks, Math.abs(goodsBelow / goods - badsBelow / defaults));
    from = to;
  }
  return { auc: pairs / (defaults * goods), ks };
}

function computeLosses(logOdds: Float64Array, target: Uint8Array) {
  let squares = 0;
  let logs = 0;
  for (let row = 0; row < target.length; row += 1) {
    const z = get(logOdds, row);
    const gap = sigmoid(z) - get(target, row);
    squares += gap * gap;
    // -log p of what happened, written so that neither tail overflows.
    const against = get(target, row) === 1 ? -z : z;
    logs += Math.max(against, 0) + Math.log(1 + Math.exp(-Math.abs(against)));
  }
  return { brier: squares / target.length, logLoss: logs / target.length };
}

function computeCalibrationError(logOdds: Float64Array, target: Uint8Array, order: Uint32Array): number {
  let error = 0;
  for (let bin = 0; bin < CALIBRATION_BINS; bin += 1) {
    const from = Math.floor((bin * order.length) / CALIBRATION_BINS);
    const to = Math.floor(((bin + 1) * order.length) / CALIBRATION_BINS);
    let gap = 0;
    for (let place = from; place < to; place += 1) {
      gap += sigmoid(get(logOdds, get(order, place))) - get(target, get(order, place));
    }
    error += Math.abs(gap);
  }
  return error / order.length;
}

/** Logistic regression of the outcome on the log-odds: slope 1 and intercept 0 is a calibrated model. */
export function fitCalibration(logOdds: Float64Array, target: Uint8Array): { slope: number; intercept: number } {
  // From 0, where Newton's steps are safe: from 1 they run away when the score ranks the wrong way round.
  let slope = 0;
  let intercept = 0;
  for (let step = 0; step < NEWTON_STEPS_MAX; step += 1) {
    let g0 = 0;
    let g1 = 0;
    let h00 = 0;
    let h01 = 0;
    let h11 = 0;
    for (let row = 0; row < target.length; row += 1) {
      const z = get(logOdds, row);
      const p = sigmoid(intercept + slope * z);
      const gradient = get(target, row) - p;
      const weight = p * (1 - p);
      g0 += gradient;
      g1 += gradient * z;
      h00 += weight;
      h01 += weight * z;
      h11 += weight * z * z;
    }
    const determinant = h00 * h11 - h01 * h01;
    // A constant score has no slope to fit: only the intercept moves.
    const flat = !(determinant > 1e-12 * h00 * h11);
    const stepSlope = flat ? 0 : (h00 * g1 - h01 * g0) / determinant;
    const stepIntercept = flat ? g0 / h00 : (h11 * g0 - h01 * g1) / determinant;
    slope += stepSlope;
    intercept += stepIntercept;
    if (Math.abs(stepSlope) + Math.abs(stepIntercept) < 1e-10) break;
  }
  return { slope, intercept };
}

function roundAll<T extends Record<string, number>>(values: T, decimals: number): T {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, roundTo(value, decimals)])) as T;
}

function get(values: Float64Array | Uint8Array | Uint32Array, index: number): number {
  return values[index] ?? Number.NaN;
}
