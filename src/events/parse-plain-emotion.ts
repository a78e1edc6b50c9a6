// The fast road for the usual emotion event: see `parse-plain-event.ts`. It may only ever say what the general road would
// say too: `parse-plain-emotion.test.ts`.
import { EMOTION_SOURCES, type EmotionEvent } from './emotion-event.ts';
import { createPlainParser, FIRST_DATA_SLOT } from './parse-plain-event.ts';
import {
  clearSlot,
  cut,
  FAILED,
  isDigit,
  isFilled,
  type ReadValue,
  readOneOf,
  readText,
  SPACE,
  ZERO,
} from './scan-plain-event.ts';

const MINUS = 0x2d;
const POINT = 0x2e;

const LABEL = FIRST_DATA_SLOT;
const figures = new Float64Array(4);
const [VALENCE, AROUSAL, STRESS, CONFIDENCE] = [0, 1, 2, 3] as const;
let dataSource: (typeof EMOTION_SOURCES)[number] = EMOTION_SOURCES[0];

const POWERS = Float64Array.from({ length: 16 }, (_, exponent) => Number(`1e${exponent}`));

/**
 * Null: ask the general road. 0.6 µs an event against 1.7 µs for JSON.parse and the compiled schema, and half the garbage.
 */
export const parsePlainEmotion = createPlainParser<EmotionEvent>({
  type: 'ecs.emotion.v1',
  fields: [
    ['valence', readFigure(VALENCE, -1)],
    ['arousal', readFigure(AROUSAL, -1)],
    ['stress', readFigure(STRESS, 0)],
    ['confidence', readFigure(CONFIDENCE, 0)],
    ['label', readText(LABEL, SPACE, 64)],
    [
      'source',
      readOneOf(EMOTION_SOURCES, (source) => {
        dataSource = source;
      }),
    ],
  ],
  required: ['confidence', 'source'],
  clear() {
    figures.fill(Number.NaN);
    clearSlot(LABEL);
  },
  makeData,
});

/** Null where neither a label nor both measures are given. */
function makeData(value: Buffer): EmotionEvent['data'] | null {
  const valence = toOptional(figures[VALENCE]);
  const arousal = toOptional(figures[AROUSAL]);
  const label = isFilled(LABEL) ? cut(value, LABEL) : undefined;
  if (label === undefined && (valence === undefined || arousal === undefined)) return null;
  const stress = toOptional(figures[STRESS]);
  return { valence, arousal, stress, label, confidence: figures[CONFIDENCE] as number, source: dataSource };
}

function toOptional(figure: number | undefined): number | undefined {
  return Number.isNaN(figure) ? undefined : figure;
}

const MANTISSA_DIGITS_MAX = 15;

/** A decimal number from `low` to 1. Up to 15 digits it is one exact integer by another, so the quotient is the nearest double. */
function readFigure(slot: number, low: number): ReadValue {
  return (bytes, start) => {
    const first = bytes[start] === MINUS ? start + 1 : start;
    let mantissa = (bytes[first] ?? 0) - ZERO;
    if (mantissa !== 0 && mantissa !== 1) return FAILED;
    let at = first + 1;
    if (bytes[at] === POINT) {
      for (at++; isDigit(bytes[at] ?? 0); at++) mantissa = mantissa * 10 + (bytes[at] as number) - ZERO;
      if (at === first + 2) return FAILED;
    }
    const decimals = Math.max(0, at - first - 2);
    const size =
      decimals <= MANTISSA_DIGITS_MAX ? mantissa / (POWERS[decimals] as number) : parseLong(bytes, first, at);
    const figure = first === start ? size : -size;
    if (figure < low || figure > 1) return FAILED;
    figures[slot] = figure;
    return at;
  };
}

function parseLong(bytes: Uint8Array, start: number, end: number): number {
  return Number(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1'));
}
