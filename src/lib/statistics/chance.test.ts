import fc from 'fast-check';
import { chiSquareTail, holm, normalTail } from './chance.ts';

// Published upper 5 % and 1 % points, and values from the closed forms below.
test.each([
  [3.841458820694124, 1, 0.05],
  [5.991464547107979, 2, 0.05],
  [16.918977604620448, 9, 0.05],
  [21.665994333461924, 9, 0.01],
  [30.143527205646159, 19, 0.05],
  [124.34211340400407, 100, 0.05],
])('chi-square %d with %d degrees of freedom: %d', (statistic, df, tail) => {
  expect(chiSquareTail(statistic, df)).toBeCloseTo(tail, 10);
});

test('with an even number of degrees of freedom the tail is a Poisson sum', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0, max: 200, noNaN: true }), (half, statistic) => {
      let term = Math.exp(-statistic / 2);
      let sum = 0;
      for (let k = 0; k < half; k += 1) {
        sum += term;
        term *= statistic / 2 / (k + 1);
      }
      expect(Math.abs(chiSquareTail(statistic, 2 * half) - sum)).toBeLessThan(1e-10);
    }),
  );
});

test('normal tails', () => {
  expect(normalTail(1.959963984540054)).toBeCloseTo(0.05, 12);
  expect(normalTail(-2.5758293035489004)).toBeCloseTo(0.01, 12);
  expect(normalTail(0)).toBe(1);
});

test("Holm: R's p.adjust on a worked case, and never below the raw value nor above Bonferroni's", () => {
  expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
  const p = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(p, { minLength: 1, maxLength: 12 }), (values) => {
      holm(values).forEach((adjusted, index) => {
        expect(adjusted).toBeGreaterThanOrEqual(values[index]!);
        expect(adjusted).toBeLessThanOrEqual(Math.min(1, values[index]! * values.length));
      });
    }),
  );
});
