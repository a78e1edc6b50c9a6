// How simulated people differ in what they feel. One number, distress, in standard deviations between people, stands
// behind a person's usual valence and stress; what is left of the two has no bearing on the block.
import type { EmotionBlock } from '../../../model/index.ts';

/** Between people; within a person feelings vary about as much again (half of the variance is between people). */
export const USUAL_VALENCE = { mean: 0.15, deviation: 0.25 };
export const USUAL_STRESS = { mean: 0.38, deviation: 0.15 };
const CORRELATION = 0.6;
export const USUAL_VARIABILITY = { mean: 0.27, deviation: 0.05 };

export interface Feeling {
  valence: number;
  stress: number;
}

/** Turns distress and a second, independent normal number into usual valence and stress. */
export type DrawFeeling = (distress: number, rest: number, into: Feeling) => void;

/**
 * The block weighs valence and stress by `a` and `c` per standard deviation. Distress is that weighed sum itself, so a
 * difference in distress is a difference in the measured feature; the rest is what both weights cancel out in.
 */
export function createFeelingDraw(
  block: Pick<EmotionBlock, 'valenceWeight' | 'stressWeight' | 'stressNeutral'>,
): DrawFeeling {
  const a = block.valenceWeight * USUAL_VALENCE.deviation;
  const c = (block.stressWeight * USUAL_STRESS.deviation) / block.stressNeutral;
  const scale = Math.sqrt(a * a + c * c + 2 * CORRELATION * a * c);
  const sadness = (a + CORRELATION * c) / scale;
  const stress = (CORRELATION * a + c) / scale;
  const apart = Math.sqrt(1 - sadness * sadness);
  return (distress, rest, into) => {
    into.valence = clamp(USUAL_VALENCE.mean - USUAL_VALENCE.deviation * (sadness * distress - apart * rest), -1, 1);
    into.stress = clamp(
      USUAL_STRESS.mean + USUAL_STRESS.deviation * (stress * distress + (apart * a * rest) / c),
      0,
      1,
    );
  };
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
