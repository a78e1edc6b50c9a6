// One reading of how a customer feels: what an emotion or a thought says once labels, texts and doubts are resolved.
import type { EmotionEvent } from '../events/emotion-event.ts';
import type { ThoughtEvent } from '../events/thought-event.ts';
import { findLabel } from './label-table.ts';
import type { ScoreThoughtText } from './score-thought-text.ts';

export interface Reading {
  readonly timeMs: number;
  /** Confidence in (0, 1]. */
  readonly weight: number;
  readonly valence: number;
  /** 0 where the kind of reading has none. */
  readonly arousal: number;
  readonly stress: number | null;
}

/** Below this a source says that it does not know. */
export const CONFIDENCE_MIN = 0.01;
/** Words are a weak sign of how somebody feels, whatever the scorer thinks of itself. */
export const TEXT_CONFIDENCE_MAX = 0.5;

/** A figure finer than a millionth means nothing, and a vanishing one would underflow in the sums. */
function toMillionths(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

function makeReading(timeMs: number, weight: number, valence: number, arousal: number, stress: number | null): Reading {
  return {
    timeMs,
    weight: toMillionths(weight),
    valence: toMillionths(valence),
    arousal: toMillionths(arousal),
    stress: stress === null ? null : toMillionths(stress),
  };
}

/** Given valence and arousal win over the label; `no_confidence` is left out without being wrong. */
export function readEmotion(data: EmotionEvent['data'], timeMs: number): Reading | 'unknown_label' | 'no_confidence' {
  const { valence, arousal, label, confidence } = data;
  const stress = data.stress ?? null;
  if (valence !== undefined && arousal !== undefined) {
    if (confidence < CONFIDENCE_MIN) return 'no_confidence';
    return makeReading(timeMs, confidence, valence, arousal, stress);
  }
  const known = label === undefined ? undefined : findLabel(label);
  if (known === undefined) return 'unknown_label';
  if (confidence < CONFIDENCE_MIN) return 'no_confidence';
  return makeReading(timeMs, confidence, known.valence, known.arousal, stress);
}

/**
 * Only thoughts about money count: what somebody thinks of anything else is none of a lender's business, so it is left
 * out (`other_topic`) before its text is even scored. `no_sentiment`: the text has no word that the scorer knows.
 */
export function readThought(
  data: ThoughtEvent['data'],
  timeMs: number,
  scoreText: ScoreThoughtText,
): Reading | 'other_topic' | 'no_sentiment' | 'no_confidence' {
  if (data.topic !== 'financial') return 'other_topic';
  const given = data.confidence ?? 1;
  if (given < CONFIDENCE_MIN) return 'no_confidence';
  if (data.sentiment !== undefined) return makeReading(timeMs, given, data.sentiment, 0, null);
  const sentiment = data.text === undefined ? null : scoreText(data.text);
  if (sentiment === null) return 'no_sentiment';
  return makeReading(timeMs, Math.min(given, TEXT_CONFIDENCE_MAX), sentiment, 0, null);
}
