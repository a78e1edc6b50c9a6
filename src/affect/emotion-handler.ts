// Folds a batch of emotion events into the emotional state of consenting customers.
import type { Queryable } from '../db/index.ts';
import type { AcceptedEvent, FoldResult } from '../events/accepted-event.ts';
import type { EmotionEvent } from '../events/emotion-event.ts';
import type { StateTriggers } from './triggers.ts';

export type EmotionHandler = (
  tx: Queryable,
  events: readonly AcceptedEvent<EmotionEvent>[],
  nowMs: number,
) => Promise<FoldResult>;

export function createEmotionHandler(_options: { readonly triggers: StateTriggers }): EmotionHandler {
  throw new Error('being written');
}
