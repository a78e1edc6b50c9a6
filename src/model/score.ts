// Scoring: features in, log-odds of default out, and every part of the sum named. Pure; tables, exp and log only, so
// that the same features give the same bytes on every Node version.
import { assert } from '../lib/assert.ts';
import { priorShift, sigmoid } from './base-rate.ts';
import { type CompiledScorecard, findBin } from './compile-scorecard.ts';
import { type EmotionInputs, emotionLogOdds } from './emotion-block.ts';
import { UNITS } from './units.ts';

/** Names of the contributions that are not features. */
export const INTERCEPT_CONTRIBUTION = 'intercept';
export const BASE_RATE_CONTRIBUTION = 'base_rate';
export const EMOTION_CONTRIBUTION = 'emotion';

export interface Contribution {
  readonly feature: string;
  /** Log-odds of default: positive raises the risk. */
  readonly logOdds: number;
}

export interface Score {
  /** Log-odds of default, emotion included. */
  readonly logOdds: number;
  readonly financialLogOdds: number;
  /** Exactly 0 without data or consent. */
  readonly emotionLogOdds: number;
  readonly probabilityOfDefault: number;
  /** Whole points, higher is better. */
  readonly score: number;
  /**
   * Intercept, features in the model's order, base rate if re-anchored, emotion: they add up to `logOdds`. What a pair
   * says belongs half to each of its two features.
   */
  readonly contributions: readonly Contribution[];
}

export interface ScoreOptions {
  /** The lender's own default rate; without it the model stays anchored to its training data. */
  readonly baseRate?: number;
}

export function score(
  model: CompiledScorecard,
  features: Float64Array,
  emotion: EmotionInputs | null,
  options: ScoreOptions = {},
): Score {
  const bins = new Int32Array(model.features.length);
  const halves = new Int32Array(model.features.length);
  const units = sumUnits(model, features, bins, halves);
  const slope = model.recalibration?.slope ?? 1;
  const anchor = anchorLogOdds(model, options.baseRate);
  const financialLogOdds = (model.addsInTurn ? addInTurn(model, halves) : (units / UNITS) * slope) + anchor;
  const emotional = emotionLogOdds(model.emotionBlock, emotion);
  const logOdds = financialLogOdds + emotional;
  const part = (half: number) => (half / (2 * UNITS)) * slope;
  return {
    logOdds,
    financialLogOdds,
    emotionLogOdds: emotional,
    probabilityOfDefault: sigmoid(logOdds),
    score: toPoints(model, logOdds),
    contributions: [
      { feature: INTERCEPT_CONTRIBUTION, logOdds: part(2 * model.interceptUnits) },
      ...model.features.map((feature, index) => ({ feature, logOdds: part(halves[index] ?? Number.NaN) })),
      ...(anchor === 0 && options.baseRate === undefined ? [] : [{ feature: BASE_RATE_CONTRIBUTION, logOdds: anchor }]),
      { feature: EMOTION_CONTRIBUTION, logOdds: emotional },
    ],
  };
}

/**
 * The model's base rate was refitted on the lender's own outcomes, or is moved to the rate that the lender names; a refit
 * knows more than a rate, so it wins.
 */
function anchorLogOdds(model: CompiledScorecard, baseRate: number | undefined): number {
  if (model.recalibration !== null) return model.recalibration.intercept;
  return baseRate === undefined ? 0 : priorShift(model.baseRate, baseRate);
}

/** Log-odds of default alone, without naming its parts: for training runs and evaluation over many rows. */
export function scoreLogOdds(model: CompiledScorecard, features: Float64Array): number {
  const bins = new Int32Array(model.features.length);
  const halves = model.addsInTurn ? new Int32Array(bins.length) : null;
  const units = sumUnits(model, features, bins, halves);
  if (halves !== null) return addInTurn(model, halves);
  return toLogOdds(model, units);
}

/** From the sum in units, without the lender's base rate. */
export function toLogOdds(model: CompiledScorecard, units: number): number {
  return (units / UNITS) * (model.recalibration?.slope ?? 1) + anchorLogOdds(model, undefined);
}

function addInTurn(model: CompiledScorecard, halves: Int32Array): number {
  let sum = model.interceptUnits / UNITS;
  for (const half of halves) sum += half / (2 * UNITS);
  return sum;
}

/**
 * The kernel: fills the bin of every feature and, if asked, what each contributes in half units; hands back the sum in
 * units. Whole numbers, so no order of adding matters.
 */
export function sumUnits(
  model: CompiledScorecard,
  features: Float64Array,
  bins: Int32Array,
  halves: Int32Array | null,
): number {
  const count = model.features.length;
  assert(features.length === count, 'the features do not fit the model');
  const { mainsFrom, mainUnits, pairLeft, pairRight, cellsFrom, rowWidth, cells } = model;
  let sum = model.interceptUnits;
  for (let feature = 0; feature < count; feature += 1) {
    const bin = findBin(model, feature, features[feature] as number);
    bins[feature] = bin;
    const units = mainUnits[(mainsFrom[feature] as number) + bin] as number;
    sum += units;
    if (halves !== null) halves[feature] = 2 * units;
  }
  for (let pair = 0; pair < pairLeft.length; pair += 1) {
    const left = pairLeft[pair] as number;
    const right = pairRight[pair] as number;
    const row = (cellsFrom[pair] as number) + (bins[left] as number) * rowWidth;
    const units = cells[row + (bins[right] as number)] as number;
    sum += units;
    if (halves === null) continue;
    halves[left] = (halves[left] as number) + units;
    halves[right] = (halves[right] as number) + units;
  }
  return sum;
}

/** Points on the lender's scale: 600 at 50 good to 1 bad, 20 points double the odds, as the artefact says. */
export function toPoints(model: CompiledScorecard, logOdds: number): number {
  const points = Math.round(model.scoreOffset - model.scoreFactor * logOdds);
  return Math.min(Math.max(points, model.scaling.minimum), model.scaling.maximum);
}
