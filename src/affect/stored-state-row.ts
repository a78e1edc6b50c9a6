// The row of an emotional state as the database gives it, and its mapping; shared by everything that reads one.

import type { StoredState } from './emotion-features-of.ts';
import type { HalfLifeSums } from './emotion-levels.ts';

/** Columns of `emotional_states s` in a select list. */
export const STATE_COLUMNS = `s.readings, s.last_event_at,
  s.w_3, s.w2_3, s.valence_3, s.valence2_3, s.arousal_3, s.stress_w_3, s.stress_3, s.negative_3, s.distressed_3,
  s.w_30, s.w2_30, s.valence_30, s.valence2_30, s.arousal_30, s.stress_w_30, s.stress_30, s.negative_30, s.distressed_30`;

export interface StateRow {
  readonly readings: number;
  readonly last_event_at: Date | null;
  readonly w_3: number;
  readonly w2_3: number;
  readonly valence_3: number;
  readonly valence2_3: number;
  readonly arousal_3: number;
  readonly stress_w_3: number;
  readonly stress_3: number;
  readonly negative_3: number;
  readonly distressed_3: number;
  readonly w_30: number;
  readonly w2_30: number;
  readonly valence_30: number;
  readonly valence2_30: number;
  readonly arousal_30: number;
  readonly stress_w_30: number;
  readonly stress_30: number;
  readonly negative_30: number;
  readonly distressed_30: number;
}

export function toStoredState(row: StateRow): StoredState {
  return {
    readings: row.readings,
    lastEventAtMs: row.last_event_at?.getTime() ?? null,
    recent: toRecentSums(row),
    longTerm: toLongTermSums(row),
  };
}

function toRecentSums(row: StateRow): HalfLifeSums {
  return {
    w: row.w_3,
    w2: row.w2_3,
    valence: row.valence_3,
    valence2: row.valence2_3,
    arousal: row.arousal_3,
    stressW: row.stress_w_3,
    stress: row.stress_3,
    negative: row.negative_3,
    distressed: row.distressed_3,
  };
}

function toLongTermSums(row: StateRow): HalfLifeSums {
  return {
    w: row.w_30,
    w2: row.w2_30,
    valence: row.valence_30,
    valence2: row.valence2_30,
    arousal: row.arousal_30,
    stressW: row.stress_w_30,
    stress: row.stress_30,
    negative: row.negative_30,
    distressed: row.distressed_30,
  };
}
