// What is known of customers' emotional states right now, as the model and the care rules may see it.
import type { Queryable } from '../db/index.ts';
import type { EmotionFeatures } from './emotion-features.ts';

export interface CustomerEmotions {
  readonly emotions: EmotionFeatures | null;
  readonly thoughts: EmotionFeatures | null;
}

/** Every id asked for is in the map; null where there is no live consent or no reading yet. */
export async function loadEmotionFeatures(
  _db: Queryable,
  _customerIds: readonly string[],
  _nowMs: number,
): Promise<Map<string, CustomerEmotions>> {
  throw new Error('being written');
}
