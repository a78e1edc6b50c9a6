// Scoring: features in, log-odds of default out, and every part of the sum named. Pure; tables, exp and log only, so
// that the same features give the same bytes on every Node version.
import { assert } from '../lib/assert.ts';
import { priorShift, sigmoid } from './base-rate.ts';
import { type CompiledScorecard, lookUpLogOdds } from './compile-scorecard.ts';
import { type EmotionInputs, emotionLogOdds } from './emotion-block.ts';

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
  /** Intercept, features in the model's order, base rate if re-anchored, emotion: they add up to `logOdds`. */
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
  assert(features.length === model.features.length, 'the features do not fit the model');
  const contributions: Contribution[] = [{ feature: INTERCEPT_CONTRIBUTION, logOdds: model.interceptLogOdds }];
  let financialLogOdds = model.interceptLogOdds;
  model.features.forEach((feature, index) => {
    const logOdds = lookUpLogOdds(model, index, features[index] ?? Number.NaN);
    contributions.push({ feature, logOdds });
    financialLogOdds += logOdds;
  });
  if (options.baseRate !== undefined) {
    const logOdds = priorShift(model.baseRate, options.baseRate);
    contributions.push({ feature: BASE_RATE_CONTRIBUTION, logOdds });
    financialLogOdds += logOdds;
  }
  const emotional = emotionLogOdds(model.emotionBlock, emotion);
  contributions.push({ feature: EMOTION_CONTRIBUTION, logOdds: emotional });
  const logOdds = financialLogOdds + emotional;
  return {
    logOdds,
    financialLogOdds,
    emotionLogOdds: emotional,
    probabilityOfDefault: sigmoid(logOdds),
    score: toPoints(model, logOdds),
    contributions,
  };
}

/** Log-odds of default alone, without naming its parts: for training runs and evaluation over many rows. */
export function scoreLogOdds(model: CompiledScorecard, features: Float64Array): number {
  let logOdds = model.interceptLogOdds;
  for (let index = 0; index < model.features.length; index += 1) {
    logOdds += lookUpLogOdds(model, index, features[index] ?? Number.NaN);
  }
  return logOdds;
}

/** Points on the lender's scale: 600 at 50 good to 1 bad, 20 points double the odds, as the artefact says. */
export function toPoints(model: CompiledScorecard, logOdds: number): number {
  const points = Math.round(model.scoreOffset - model.scoreFactor * logOdds);
  return Math.min(Math.max(points, model.scaling.minimum), model.scaling.maximum);
}
