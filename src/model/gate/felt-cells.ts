// What was felt, as the cells of an outcomes file: written and read by these names and in this order.
import { DAY_MS } from '../../lib/clock.ts';
import type { EmotionInputs } from '../emotion-block.ts';

export const FELT_COLUMNS = ['valence', 'stress', 'variability', 'effective_samples', 'last_event_age_days'] as const;

/** Null where nothing was shared. */
export function toFeltCells(emotions: EmotionInputs | null): (number | null)[] {
  if (emotions === null) return FELT_COLUMNS.map(() => null);
  const { valence30, stress30, valenceVariability30, effectiveSamples30, lastEventAgeMs } = emotions;
  return [valence30, stress30, valenceVariability30, effectiveSamples30, lastEventAgeMs / DAY_MS];
}
