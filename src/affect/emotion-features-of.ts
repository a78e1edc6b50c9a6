// A stored emotional state -> the features that the model and the care rules may see, at one instant.
import { DAY_MS } from '../lib/clock.ts';
import { LONG_TERM_HALF_LIFE_DAYS, RECENT_HALF_LIFE_DAYS } from './decay.ts';
import type { EmotionFeatures } from './emotion-features.ts';
import { type HalfLifeSums, type Levels, levelsOf } from './emotion-levels.ts';

export interface StoredState {
  readonly readings: number;
  readonly lastEventAtMs: number | null;
  readonly recent: HalfLifeSums;
  readonly longTerm: HalfLifeSums;
}

/** After four short half-lives without a word there is nothing recent: a sixteenth of the weight is left. */
export const RECENT_FOR_MS = 4 * RECENT_HALF_LIFE_DAYS * DAY_MS;

export interface StateLevels {
  readonly lastEventAgeMs: number;
  readonly recent: Levels | null;
  readonly longTerm: Levels;
}

/** Null where there is no reading, or none that still weighs anything. */
export function stateLevelsOf(state: StoredState, nowMs: number): StateLevels | null {
  if (state.readings === 0 || state.lastEventAtMs === null) return null;
  // A device's clock may run a little ahead of ours.
  const lastEventAgeMs = Math.max(0, nowMs - state.lastEventAtMs);
  const longTerm = levelsOf(state.longTerm, lastEventAgeMs, LONG_TERM_HALF_LIFE_DAYS);
  if (longTerm === null) return null;
  const isRecent = lastEventAgeMs <= RECENT_FOR_MS;
  const recent = isRecent ? levelsOf(state.recent, lastEventAgeMs, RECENT_HALF_LIFE_DAYS) : null;
  return { lastEventAgeMs, recent, longTerm };
}

export function emotionFeaturesOf(state: StoredState, nowMs: number): EmotionFeatures | null {
  const levels = stateLevelsOf(state, nowMs);
  if (levels === null) return null;
  const { recent, longTerm } = levels;
  return {
    valence30: longTerm.valence,
    stress30: longTerm.stress,
    valenceVariability30: longTerm.valenceVariability,
    effectiveSamples30: longTerm.effectiveSamples,
    lastEventAgeMs: levels.lastEventAgeMs,
    valence3: recent?.valence ?? null,
    stress3: recent?.stress ?? null,
    effectiveSamples3: recent?.effectiveSamples ?? 0,
  };
}
