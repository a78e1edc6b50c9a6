import fc from 'fast-check';
import { DAY_MS } from '../lib/clock.ts';
import { EMOTION_BLOCK, EMOTION_LOG_ODDS_MAX, type EmotionInputs, emotionLogOdds } from './emotion-block.ts';

const CALM: EmotionInputs = {
  valence30: 0,
  stress30: null,
  valenceVariability30: null,
  effectiveSamples30: 20,
  lastEventAgeMs: DAY_MS,
  valence3: null,
  stress3: null,
  effectiveSamples3: 0,
};
const logOddsOf = (change: Partial<EmotionInputs>) => emotionLogOdds(EMOTION_BLOCK, { ...CALM, ...change });

const unit = fc.double({ min: 0, max: 1, noNaN: true });
const emotions: fc.Arbitrary<EmotionInputs> = fc.record({
  valence30: fc.double({ min: -1, max: 1, noNaN: true }),
  stress30: fc.option(unit),
  valenceVariability30: fc.option(unit),
  effectiveSamples30: fc.double({ min: 0, max: 10_000, noNaN: true }),
  lastEventAgeMs: fc.integer({ min: 0, max: 30 * DAY_MS }),
  valence3: fc.option(fc.double({ min: -1, max: 1, noNaN: true })),
  stress3: fc.option(unit),
  effectiveSamples3: fc.double({ min: 0, max: 10_000, noNaN: true }),
});

describe('emotionLogOdds', () => {
  it.each<[string, Partial<EmotionInputs>, number]>([
    ['nothing felt', {}, 0],
    ['full distress stops at the bound', { valence30: -1, stress30: 1, valenceVariability30: 1 }, Math.log(1.25)],
    [
      'delight without stress stops there, too',
      { valence30: 1, stress30: 0, valenceVariability30: 0 },
      -Math.log(1.25),
    ],
    [
      'a low mood',
      { valence30: -0.3, stress30: 0.6, valenceVariability30: 0.61 },
      (0.28 * 0.3 + 0.16 * 0.2 + 0.06 * 0.4) * 0.8,
    ],
    ['few readings weigh less', { valence30: -0.5, effectiveSamples30: 5 }, 0.28 * 0.5 * 0.5],
    ['steadiness earns nothing', { valenceVariability30: 0 }, 0],
    ['half stress is neutral', { stress30: 0.5 }, 0],
  ])('%s', (_, change, expected) => {
    expect(logOddsOf(change)).toBeCloseTo(expected, 12);
  });

  it.each<[string, Partial<EmotionInputs>]>([
    ['too few samples', { valence30: -1, stress30: 1, effectiveSamples30: 4.999 }],
    ['no samples', { valence30: -1, stress30: 1, effectiveSamples30: 0 }],
    ['no number of samples', { valence30: -1, effectiveSamples30: Number.NaN }],
    ['a stale state', { valence30: -1, stress30: 1, lastEventAgeMs: 14 * DAY_MS + 1 }],
  ])('is exactly 0 with %s', (_, change) => {
    expect(Object.is(logOddsOf(change), 0)).toBe(true);
  });

  it('is exactly 0 without data or consent', () => {
    expect(Object.is(emotionLogOdds(EMOTION_BLOCK, null), 0)).toBe(true);
  });

  it('speaks at exactly the minimum of samples and the last fresh instant', () => {
    expect(logOddsOf({ valence30: -1, effectiveSamples30: 5, lastEventAgeMs: 14 * DAY_MS })).toBeGreaterThan(0);
  });

  it('never moves the odds by more than a quarter, whatever the weights of an artefact say', () => {
    const weight = fc.double({ min: 0, max: 100, noNaN: true });
    fc.assert(
      fc.property(emotions, weight, weight, weight, (drawn, valenceWeight, stressWeight, variabilityWeight) => {
        const block = { ...EMOTION_BLOCK, valenceWeight, stressWeight, variabilityWeight };
        const logOdds = emotionLogOdds(block, drawn);
        expect(Math.abs(logOdds)).toBeLessThanOrEqual(EMOTION_LOG_ODDS_MAX);
        expect(Object.is(logOdds, -0)).toBe(false);
      }),
    );
    expect(EMOTION_LOG_ODDS_MAX).toBe(Math.log(1.25));
    expect(EMOTION_BLOCK.maximumLogOdds).toBe(EMOTION_LOG_ODDS_MAX);
  });

  it('never calls more distress a lower risk', () => {
    fc.assert(
      fc.property(emotions, fc.double({ min: 0, max: 2, noNaN: true }), unit, unit, (drawn, down, more, wilder) => {
        const worse = {
          ...drawn,
          valence30: Math.max(-1, drawn.valence30 - down),
          stress30: drawn.stress30 === null ? null : Math.min(1, drawn.stress30 + more),
          valenceVariability30:
            drawn.valenceVariability30 === null ? null : Math.min(1, drawn.valenceVariability30 + wilder),
        };
        expect(emotionLogOdds(EMOTION_BLOCK, worse)).toBeGreaterThanOrEqual(emotionLogOdds(EMOTION_BLOCK, drawn));
      }),
    );
  });

  it('does not look at the three-day state, which is for care alone', () => {
    fc.assert(
      fc.property(emotions, emotions, (drawn, other) => {
        const swapped = {
          ...drawn,
          valence3: other.valence3,
          stress3: other.stress3,
          effectiveSamples3: other.effectiveSamples3,
        };
        expect(emotionLogOdds(EMOTION_BLOCK, swapped)).toBe(emotionLogOdds(EMOTION_BLOCK, drawn));
      }),
    );
  });

  it('treats valence that is not a number as a bug', () => {
    expect(() => logOddsOf({ valence30: Number.NaN })).toThrow('bug');
  });
});
