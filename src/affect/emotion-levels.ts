// Decayed sums of one half-life -> levels. Means are ratios of sums, so they do not fade by themselves: what fades with
// time is their weight of evidence.
import { DAY_MS } from '../lib/clock.ts';

/** One half-life's sums as they are stored. */
export interface HalfLifeSums {
  readonly w: number;
  readonly w2: number;
  readonly valence: number;
  readonly valence2: number;
  readonly arousal: number;
  readonly stressW: number;
  readonly stress: number;
  readonly negative: number;
  readonly distressed: number;
}

export interface Levels {
  readonly valence: number;
  readonly arousal: number;
  readonly stress: number | null;
  readonly valenceVariability: number | null;
  readonly negativeShare: number;
  readonly distressedShare: number;
  readonly effectiveSamples: number;
}

/** A spread is told from no fewer effective samples than this. */
export const VARIABILITY_SAMPLES_MIN = 3;

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

/**
 * (sum of weights)^2 / sum of squared weights says how many equally fresh readings the means are worth among themselves;
 * 2^(-age of the newest / half-life) says how much of that freshness is left. A state that nobody adds to keeps its means
 * and loses its say.
 */
function countEffectiveSamples(sums: HalfLifeSums, ageMs: number, halfLifeDays: number): number {
  return ((sums.w * sums.w) / sums.w2) * 2 ** (-ageMs / (halfLifeDays * DAY_MS));
}

/** Null where no reading has any weight. `ageMs` is the age of the newest reading. */
export function levelsOf(sums: HalfLifeSums, ageMs: number, halfLifeDays: number): Levels | null {
  if (!(sums.w > 0) || !(sums.w2 > 0)) return null;
  const valence = clamp(sums.valence / sums.w, -1, 1);
  const effectiveSamples = countEffectiveSamples(sums, ageMs, halfLifeDays);
  return {
    valence,
    arousal: clamp(sums.arousal / sums.w, -1, 1),
    stress: sums.stressW > 0 ? clamp(sums.stress / sums.stressW, 0, 1) : null,
    valenceVariability: effectiveSamples < VARIABILITY_SAMPLES_MIN ? null : spreadOf(sums, valence),
    negativeShare: clamp(sums.negative / sums.w, 0, 1),
    distressedShare: clamp(sums.distressed / sums.w, 0, 1),
    effectiveSamples,
  };
}

function spreadOf(sums: HalfLifeSums, valence: number): number {
  return Math.sqrt(clamp(sums.valence2 / sums.w - valence * valence, 0, 1));
}
