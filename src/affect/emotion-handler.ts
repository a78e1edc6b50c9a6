// Folds a batch of emotion events into the emotional states of consenting customers, and asks for a new decision where
// a state moved.
import type { Queryable } from '../db/index.ts';
import type { AcceptedEvent, FoldResult } from '../events/accepted-event.ts';
import type { EmotionEvent } from '../events/emotion-event.ts';
import { readEmotion } from './reading.ts';
import { type ReadingKind, saveReadings } from './save-readings.ts';
import type { StateTriggers } from './triggers.ts';

export type EmotionHandler = (
  tx: Queryable,
  events: readonly AcceptedEvent<EmotionEvent>[],
  nowMs: number,
) => Promise<FoldResult>;

export function createEmotionHandler(options: { readonly triggers: StateTriggers }): EmotionHandler {
  const kind: ReadingKind<EmotionEvent> = {
    purpose: 'emotions',
    triggers: options.triggers,
    read: (event, timeMs) => readEmotion(event.data, timeMs),
  };
  return (tx, events, nowMs) => saveReadings(tx, kind, events, nowMs);
}
