import { describe, expect, test } from '@jest/globals';
import { readEmotion, readThought } from './reading.ts';

const AT = Date.UTC(2026, 10, 22);
const noScore = () => {
  throw new Error('the text must not be looked at');
};

describe('readEmotion', () => {
  const base = { confidence: 0.8, source: 'self_report' } as const;

  test('takes what was measured as it is', () => {
    const data = { ...base, valence: 0.5, arousal: -0.25, stress: 0.1 };
    expect(readEmotion(data, AT)).toEqual({ timeMs: AT, weight: 0.8, valence: 0.5, arousal: -0.25, stress: 0.1 });
  });

  test.each(['anger', 'Angry', '  ANGER '])('reads the label %j from the table', (label) => {
    expect(readEmotion({ ...base, label }, AT)).toEqual({
      timeMs: AT,
      weight: 0.8,
      valence: -0.5,
      arousal: 0.6,
      stress: null,
    });
  });

  test('what was measured wins over the label, even over one that is not known', () => {
    expect(readEmotion({ ...base, valence: 0.5, arousal: 0, label: 'anger' }, AT)).toMatchObject({ valence: 0.5 });
    expect(readEmotion({ ...base, valence: 0.5, arousal: 0, label: 'zorn' }, AT)).toMatchObject({ valence: 0.5 });
  });

  test('valence without arousal is completed by the label', () => {
    expect(readEmotion({ ...base, valence: 0.5, label: 'anger' }, AT)).toMatchObject({ valence: -0.5, arousal: 0.6 });
  });

  test.each(['zorn', '', '__proto__', 'constructor'])('refuses the label %j', (label) => {
    expect(readEmotion({ ...base, label }, AT)).toBe('unknown_label');
  });

  test('leaves out a source that says it does not know', () => {
    expect(readEmotion({ ...base, confidence: 0.009, valence: 0, arousal: 0 }, AT)).toBe('no_confidence');
    expect(readEmotion({ ...base, confidence: 0, label: 'joy' }, AT)).toBe('no_confidence');
    expect(readEmotion({ ...base, confidence: 0.01, label: 'joy' }, AT)).toMatchObject({ weight: 0.01 });
  });

  test('rounds what is finer than a millionth', () => {
    const data = { ...base, valence: 5e-324, arousal: 0.1234567, stress: 1e-9 };
    expect(readEmotion(data, AT)).toMatchObject({ valence: 0, arousal: 0.123457, stress: 0 });
  });
});

describe('readThought', () => {
  test('a ready sentiment counts with its own confidence, 1 where it has none', () => {
    const data = { topic: 'financial', sentiment: -0.5 } as const;
    expect(readThought(data, AT, noScore)).toEqual({ timeMs: AT, weight: 1, valence: -0.5, arousal: 0, stress: null });
    expect(readThought({ ...data, confidence: 0.9 }, AT, noScore)).toMatchObject({ weight: 0.9 });
  });

  test.each([
    [undefined, 0.5],
    [0.9, 0.5],
    [0.2, 0.2],
  ])('a scored text of confidence %p weighs %d', (confidence, weight) => {
    const data = {
      topic: 'financial',
      text: 'I am worried',
      ...(confidence === undefined ? {} : { confidence }),
    } as const;
    expect(readThought(data, AT, () => -0.3)).toMatchObject({ valence: -0.3, weight });
  });

  test('leaves out other topics before anything looks at the text', () => {
    expect(readThought({ topic: 'other', text: 'private' }, AT, noScore)).toBe('other_topic');
    expect(readThought({ topic: 'other', sentiment: 1 }, AT, noScore)).toBe('other_topic');
  });

  test('leaves out texts that say nothing and sources that do not know', () => {
    expect(readThought({ topic: 'financial', text: 'xyz' }, AT, () => null)).toBe('no_sentiment');
    expect(readThought({ topic: 'financial', text: 'xyz', confidence: 0 }, AT, noScore)).toBe('no_confidence');
  });
});
