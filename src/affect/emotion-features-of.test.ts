import { describe, expect, test } from '@jest/globals';
import { DAY_MS } from '../lib/clock.ts';
import { LONG_TERM_HALF_LIFE_DAYS, RECENT_HALF_LIFE_DAYS } from './decay.ts';
import { emotionFeaturesOf, RECENT_FOR_MS, type StoredState } from './emotion-features-of.ts';
import type { HalfLifeSums } from './emotion-levels.ts';

const NOW = Date.UTC(2026, 10, 22);
const NOTHING: HalfLifeSums = {
  w: 0,
  w2: 0,
  valence: 0,
  valence2: 0,
  arousal: 0,
  stressW: 0,
  stress: 0,
  negative: 0,
  distressed: 0,
};
/** Ten equal readings of weight `w`, half of them at +0.2 and half at -0.6. */
const ten = (w = 1): HalfLifeSums => ({
  w: 10 * w,
  w2: 10 * w * w,
  valence: -2 * w,
  valence2: 2 * w,
  arousal: 1 * w,
  stressW: 5 * w,
  stress: 2 * w,
  negative: 5 * w,
  distressed: 0,
});
const state = (fields: Partial<StoredState> = {}): StoredState => ({
  readings: 10,
  lastEventAtMs: NOW,
  recent: ten(),
  longTerm: ten(3),
  ...fields,
});

describe('emotionFeaturesOf', () => {
  test('means and spread are ratios of the sums, whatever the landmark', () => {
    expect(emotionFeaturesOf(state(), NOW)).toEqual({
      valence30: expect.closeTo(-0.2, 12),
      stress30: expect.closeTo(0.4, 12),
      valenceVariability30: expect.closeTo(0.4, 12),
      effectiveSamples30: expect.closeTo(10, 12),
      lastEventAgeMs: 0,
      valence3: expect.closeTo(-0.2, 12),
      stress3: expect.closeTo(0.4, 12),
      effectiveSamples3: expect.closeTo(10, 12),
    });
  });

  test('with age the means stay and their weight of evidence halves with each half-life', () => {
    const ageMs = RECENT_HALF_LIFE_DAYS * DAY_MS;
    const features = emotionFeaturesOf(state({ lastEventAtMs: NOW - ageMs }), NOW)!;
    expect(features).toMatchObject({ lastEventAgeMs: ageMs, valence3: expect.closeTo(-0.2, 12) });
    expect(features.effectiveSamples3).toBeCloseTo(5, 12);
    expect(features.effectiveSamples30).toBeCloseTo(10 * 2 ** -0.1, 12);
    const later = emotionFeaturesOf(state({ lastEventAtMs: NOW - LONG_TERM_HALF_LIFE_DAYS * DAY_MS }), NOW)!;
    expect(later.effectiveSamples30).toBeCloseTo(5, 12);
  });

  test.each([
    [RECENT_FOR_MS, -0.2],
    [RECENT_FOR_MS + 1, null],
  ])('%d ms after the newest event the recent valence is %p', (ageMs, valence3) => {
    const features = emotionFeaturesOf(state({ lastEventAtMs: NOW - ageMs }), NOW)!;
    expect(features.valence3).toEqual(valence3 === null ? null : expect.closeTo(valence3, 12));
    expect(features.effectiveSamples3 > 0).toBe(valence3 !== null);
    expect(features.valence30).toBeCloseTo(-0.2, 12);
  });

  test('an event from a clock that runs ahead has no negative age', () => {
    expect(emotionFeaturesOf(state({ lastEventAtMs: NOW + 60_000 }), NOW)).toMatchObject({
      lastEventAgeMs: 0,
      effectiveSamples30: expect.closeTo(10, 12),
    });
  });

  test('too few readings have no spread, and none with stress have no stress', () => {
    const two = { ...NOTHING, w: 2, w2: 2, valence: 0, valence2: 2 };
    expect(emotionFeaturesOf(state({ readings: 2, longTerm: two }), NOW)).toMatchObject({
      valenceVariability30: null,
      stress30: null,
      effectiveSamples30: 2,
    });
  });

  test('no reading, or none that weighs anything, is nothing at all', () => {
    const empty = { readings: 0, lastEventAtMs: null, recent: NOTHING, longTerm: NOTHING };
    expect(emotionFeaturesOf(empty, NOW)).toBeNull();
    expect(emotionFeaturesOf(state({ recent: NOTHING, longTerm: NOTHING }), NOW)).toBeNull();
  });

  test('rounding never leads out of the ranges', () => {
    const same = { ...NOTHING, w: 0.3, w2: 0.03, valence: -0.30000000000000004, valence2: 0.3 };
    const features = emotionFeaturesOf(state({ recent: same, longTerm: same }), NOW)!;
    expect(features.valence30).toBe(-1);
    expect(features.valenceVariability30).toBe(0);
  });
});
