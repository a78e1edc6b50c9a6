// The bounded emotion term of the risk model. Directions and weights were written down from published work before any
// outcome was seen and are never trained; without enough fresh, consented data the term is exactly 0.
import type { EmotionFeatures } from '../affect/index.ts';
import { assert } from '../lib/assert.ts';
import { DAY_MS } from '../lib/clock.ts';
import type { EmotionBlock } from './scorecard.ts';

/** What the model sees of a customer's emotional state. */
export type EmotionInputs = EmotionFeatures;

/** No emotional state may move the odds of default by more than a quarter. */
export const EMOTION_LOG_ODDS_MAX = 0.22314355131420976; // ln 1.25

/**
 * Signs:
 * - valence down: happiness in loan interviews goes with less delinquency, fear with more (Chang et al. 2025, Review
 *   of Finance 29);
 * - stress up: shocks and weak self-control go with non-payment (Gathergood 2012, Journal of Economic Psychology 33),
 *   debt with anxiety and depression, causality unclear (Richardson et al. 2013);
 * - variability up: well-being is lower where affect swings more, r = -.178 (Houben et al. 2015). Steadiness is not
 *   rewarded: flat affect is no sign of thrift.
 * Sizes: people differ in how they usually feel by about 0.25 in valence and 0.15 in stress; one such step of both together
 * is worth a tenth in log-odds. That is the least effect that published work makes likely (a mean difference of 0.10
 * standard deviations between bad and good), half of a plausible one and a fifth of what psychometric tests reach (Fine
 * 2024, JRFM 17:423). Valence carries the most. n / (n + 5) shrinks what rests on few readings, and the bound cuts what
 * is more than two such steps from the middle.
 */
export const EMOTION_BLOCK: EmotionBlock = {
  maximumLogOdds: EMOTION_LOG_ODDS_MAX,
  valenceWeight: 0.28,
  stressWeight: 0.16,
  stressNeutral: 0.5,
  variabilityWeight: 0.06,
  variabilityNeutral: 0.35,
  shrinkage: 5,
  minimumSamples: 5,
  staleAfterMs: 14 * DAY_MS,
};

/** Log-odds of default to add; positive is riskier. Never falls as valence falls, stress rises or variability rises. */
export function emotionLogOdds(block: EmotionBlock, emotion: EmotionInputs | null): number {
  if (emotion === null) return 0;
  const samples = emotion.effectiveSamples30;
  if (!(samples >= block.minimumSamples) || !(emotion.lastEventAgeMs <= block.staleAfterMs)) return 0;
  assert(Number.isFinite(emotion.valence30), 'valence must be a number when there are samples');
  const distress =
    block.valenceWeight * clamp(-emotion.valence30, -1, 1) +
    block.stressWeight * stressDistress(block, emotion.stress30) +
    block.variabilityWeight * variabilityDistress(block, emotion.valenceVariability30);
  const shrunk = distress * (samples / (samples + block.shrinkage));
  // + 0 so that calm without stress is 0 and never -0, which JSON could not tell apart on replay.
  return clamp(shrunk, -block.maximumLogOdds, block.maximumLogOdds) + 0;
}

/** -1 at no stress, 0 at the neutral level, 1 at full stress. */
function stressDistress(block: EmotionBlock, stress: number | null): number {
  if (stress === null) return 0;
  const gap = clamp(stress, 0, 1) - block.stressNeutral;
  return gap < 0 ? gap / block.stressNeutral : gap === 0 ? 0 : gap / (1 - block.stressNeutral);
}

function variabilityDistress(block: EmotionBlock, variability: number | null): number {
  if (variability === null) return 0;
  const gap = clamp(variability, 0, 1) - block.variabilityNeutral;
  return gap <= 0 ? 0 : gap / (1 - block.variabilityNeutral);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
