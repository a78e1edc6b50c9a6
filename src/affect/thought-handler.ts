// Folds a batch of thoughts about money into the emotional states of consenting customers. Thoughts about anything else
// are left out, nobody's text is looked at without consent, and a text goes no further than its score.
import type { Queryable } from '../db/index.ts';
import type { AcceptedEvent, FoldResult } from '../events/accepted-event.ts';
import type { ThoughtEvent } from '../events/thought-event.ts';
import { readThought } from './reading.ts';
import { type ReadingKind, saveReadings } from './save-readings.ts';
import { type ScoreThoughtText, scoreThoughtText } from './score-thought-text.ts';
import type { StateTriggers } from './triggers.ts';

export type ThoughtHandler = (
  tx: Queryable,
  events: readonly AcceptedEvent<ThoughtEvent>[],
  nowMs: number,
) => Promise<FoldResult>;

export function createThoughtHandler(options: {
  readonly triggers: StateTriggers;
  /** English by default; a lender with customers of other languages brings another scorer. */
  readonly scoreText?: ScoreThoughtText;
}): ThoughtHandler {
  const scoreText = options.scoreText ?? scoreThoughtText;
  const kind: ReadingKind<ThoughtEvent> = {
    purpose: 'thoughts',
    triggers: options.triggers,
    read: (event, timeMs) => readThought(event.data, timeMs, scoreText),
  };
  return (tx, events, nowMs) => saveReadings(tx, kind, events, nowMs);
}
