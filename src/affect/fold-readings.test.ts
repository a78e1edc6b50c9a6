import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DAY_MS } from '../lib/clock.ts';
import { landmarkDayOf } from './decay.ts';
import { type CustomerFold, foldReadings, SUM_NAMES } from './fold-readings.ts';
import type { Reading } from './reading.ts';

const DAY_0 = Math.floor(Date.UTC(2026, 0, 1) / DAY_MS);
const LANDMARK = landmarkDayOf(DAY_0 * DAY_MS);

const reading = (fields: Partial<Reading> = {}): Reading => ({
  timeMs: LANDMARK * DAY_MS,
  weight: 1,
  valence: 0,
  arousal: 0,
  stress: null,
  ...fields,
});

function fold(readings: readonly Reading[]): CustomerFold {
  const folds = foldReadings(
    readings.map(() => 'a'),
    readings,
  );
  return folds.get('a')!;
}

const sumsOf = (folded: CustomerFold) =>
  Object.fromEntries(
    [...folded.sums].map((value, index) => [
      `${SUM_NAMES[index % SUM_NAMES.length]}_${index < SUM_NAMES.length ? 3 : 30}`,
      value,
    ]),
  );

/** Every sum is judged against the weight it is a part of. */
function expectSameSums(a: CustomerFold, b: CustomerFold): void {
  expect(a.landmarkDay).toBe(b.landmarkDay);
  a.sums.forEach((value, index) => {
    const weight = a.sums[index < SUM_NAMES.length ? 0 : SUM_NAMES.length]!;
    const squared = index % SUM_NAMES.length === 1;
    expect(Math.abs(value - b.sums[index]!)).toBeLessThanOrEqual(1e-9 * (squared ? weight * weight : weight));
  });
}

describe('one reading', () => {
  test('enters at the landmark with its confidence', () => {
    const folded = fold([reading({ weight: 0.5, valence: -0.4, arousal: 0.6, stress: 0.8 })]);
    expect(folded).toMatchObject({ landmarkDay: LANDMARK, readings: 1, lastEventMs: LANDMARK * DAY_MS });
    expect(sumsOf(folded)).toMatchObject({
      w_3: 0.5,
      w2_3: 0.25,
      valence_3: -0.2,
      valence2_3: expect.closeTo(0.08, 12),
      arousal_3: 0.3,
      stress_w_3: 0.5,
      stress_3: 0.4,
      negative_3: 0.5,
      distressed_3: 0.5,
      w_30: 0.5,
    });
  });

  test.each([
    [3, 2, 2 ** 0.1],
    [30, 1024, 2],
    [-3, 0.5, 2 ** -0.1],
  ])('%d days after the landmark it weighs %d and %d', (days, recent, longTerm) => {
    const later = reading({ timeMs: (LANDMARK + 100 + days) * DAY_MS });
    const sums = sumsOf(fold([reading({ timeMs: (LANDMARK + 100) * DAY_MS }), later]));
    const first = [2 ** (100 / 3), 2 ** (100 / 30)] as const;
    expect(sums.w_3! / first[0] - 1).toBeCloseTo(recent, 9);
    expect(sums.w_30! / first[1] - 1).toBeCloseTo(longTerm, 9);
  });

  test.each<[string, Partial<Reading>, number, number]>([
    ['a little under the middle', { valence: -0.2, stress: 1, arousal: 1 }, 0, 0],
    ['negative and calm', { valence: -0.21, arousal: 0.39 }, 1, 0],
    ['negative and excited', { valence: -0.21, arousal: 0.4 }, 1, 1],
    ['negative and stressed', { valence: -0.9, stress: 0.6 }, 1, 1],
    ['negative, a little stressed', { valence: -0.9, stress: 0.59 }, 1, 0],
    ['pleasant and excited', { valence: 0.9, arousal: 1 }, 0, 0],
  ])('%s', (_, fields, negative, distressed) => {
    expect(sumsOf(fold([reading(fields)]))).toMatchObject({ negative_3: negative, distressed_30: distressed });
  });

  test('without stress leaves the mean of stress alone', () => {
    expect(sumsOf(fold([reading(), reading({ stress: 0.5 })]))).toMatchObject({ w_3: 2, stress_w_3: 1, stress_3: 0.5 });
  });

  test('counts on its UTC day, weighted by confidence alone', () => {
    const timeMs = LANDMARK * DAY_MS;
    const { days } = fold([
      reading({ timeMs: timeMs + DAY_MS - 1, weight: 0.5, valence: 0.4, stress: 0.2 }),
      reading({ timeMs: timeMs + DAY_MS, valence: -1 }),
      reading({ timeMs, weight: 0.25, valence: 0.4 }),
    ]);
    expect(days).toEqual([
      {
        day: LANDMARK,
        readings: 2,
        weight: 0.75,
        valence: expect.closeTo(0.3, 12),
        arousal: 0,
        stressWeight: 0.5,
        stress: 0.1,
      },
      { day: LANDMARK + 1, readings: 1, weight: 1, valence: -1, arousal: 0, stressWeight: 0, stress: 0 },
    ]);
  });
});

describe('landmarks', () => {
  test('are multiples of 256 days, also before 1970', () => {
    expect([0, 255, 256, 20_736].map((day) => landmarkDayOf(day * DAY_MS))).toEqual([0, 0, 256, 20_736]);
    expect(landmarkDayOf(-1)).toBe(-256);
  });

  test('the newest reading decides, and older ones keep their distance from it', () => {
    const old = reading({ timeMs: (LANDMARK + 255) * DAY_MS });
    const young = reading({ timeMs: (LANDMARK + 256) * DAY_MS });
    const folded = fold([old, young]);
    expect(folded.landmarkDay).toBe(LANDMARK + 256);
    expect(sumsOf(folded).w_3).toBeCloseTo(1 + 2 ** (-1 / 3), 12);
    expect(sumsOf(folded).w2_30).toBeCloseTo(1 + 2 ** (-2 / 30), 12);
  });

  test('what is a hundred half-lives old is nothing, never a denormal', () => {
    const folded = fold([reading({ timeMs: 0 }), reading()]);
    expect(sumsOf(folded)).toMatchObject({ w_3: 1, w2_3: 1, w_30: 1 });
    expect(folded.readings).toBe(2);
  });
});

const anyReading: fc.Arbitrary<Reading> = fc.record({
  timeMs: fc.integer({ min: 0, max: 700 * DAY_MS }).map((ms) => LANDMARK * DAY_MS + ms),
  weight: fc.integer({ min: 10_000, max: 1_000_000 }).map((millionths) => millionths / 1e6),
  valence: fc.integer({ min: -100, max: 100 }).map((percent) => percent / 100),
  arousal: fc.integer({ min: -100, max: 100 }).map((percent) => percent / 100),
  stress: fc.option(fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100)),
});

describe('properties', () => {
  test('the order of readings does not matter', () => {
    const shuffled = fc
      .array(anyReading, { minLength: 1, maxLength: 60 })
      .chain((readings) =>
        fc.tuple(fc.constant(readings), fc.shuffledSubarray(readings, { minLength: readings.length })),
      );
    fc.assert(
      fc.property(shuffled, ([readings, other]) => {
        const [a, b] = [fold(readings), fold(other)];
        expectSameSums(a, b);
        expect(b).toMatchObject({ readings: a.readings, lastEventMs: a.lastEventMs });
        const byDay = (folded: CustomerFold) => [...folded.days].sort((x, y) => x.day - y.day);
        byDay(a).forEach((day, index) => {
          const same = byDay(b)[index]!;
          expect(same).toMatchObject({ day: day.day, readings: day.readings });
          expect(same.valence).toBeCloseTo(day.valence, 9);
        });
      }),
    );
  });

  test('customers do not touch each other', () => {
    const given = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), anyReading), { maxLength: 60 });
    fc.assert(
      fc.property(given, (pairs) => {
        const folds = foldReadings(
          pairs.map(([customerId]) => customerId),
          pairs.map(([, one]) => one),
        );
        for (const [customerId, folded] of folds) {
          const own = pairs.filter(([id]) => id === customerId).map(([, one]) => one);
          expect({ ...fold(own), customerId }).toEqual(folded);
        }
      }),
    );
  });

  test('shares and squares stay inside what weights allow', () => {
    fc.assert(
      fc.property(fc.array(anyReading, { minLength: 1, maxLength: 60 }), (readings) => {
        const sums = sumsOf(fold(readings)) as Record<string, number>;
        const slack = 1 + 1e-9;
        expect(sums.distressed_3).toBeLessThanOrEqual(sums.negative_3! * slack);
        expect(sums.negative_30).toBeLessThanOrEqual(sums.w_30! * slack);
        expect(Math.abs(sums.valence_3!)).toBeLessThanOrEqual(sums.w_3! * slack);
        expect(sums.w2_3).toBeLessThanOrEqual(sums.w_3! * sums.w_3! * slack);
      }),
    );
  });
});
