// The move to another base rate, against counting: the same customers, drawn so that another share of them defaults.
import fc from 'fast-check';
import { logit, priorShift, reanchor, sigmoid } from './base-rate.ts';

const rate = fc.double({ min: 0.001, max: 0.999, noNaN: true });
/** Defaults and others in each bin of a score. */
const bins = fc.array(fc.tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 500 })), {
  minLength: 1,
  maxLength: 12,
});

test('in every bin it is the share that is counted where defaults are drawn oftener or less', () => {
  fc.assert(
    fc.property(bins, rate, (counted, toRate) => {
      const defaults = counted.reduce((sum, [bad]) => sum + bad, 0);
      const others = counted.reduce((sum, [, good]) => sum + good, 0);
      const fromRate = defaults / (defaults + others);
      for (const [bad, good] of counted) {
        // Of a thousand people there, toRate default; each kind falls into the bins as before.
        const badThere = 1_000 * toRate * (bad / defaults);
        const goodThere = 1_000 * (1 - toRate) * (good / others);
        const moved = sigmoid(reanchor(logit(bad / (bad + good)), fromRate, toRate));
        expect(moved).toBeCloseTo(badThere / (badThere + goodThere), 9);
      }
    }),
  );
});

test('over all bins the mean is the new rate', () => {
  fc.assert(
    fc.property(bins, rate, (counted, toRate) => {
      const defaults = counted.reduce((sum, [bad]) => sum + bad, 0);
      const others = counted.reduce((sum, [, good]) => sum + good, 0);
      const shift = priorShift(defaults / (defaults + others), toRate);
      const mean = counted.reduce((sum, [bad, good]) => {
        const share = toRate * (bad / defaults) + (1 - toRate) * (good / others);
        return sum + share * sigmoid(Math.log(bad / good) + shift);
      }, 0);
      expect(mean).toBeCloseTo(toRate, 9);
    }),
  );
});

test('there and back is no move, and two moves are one', () => {
  fc.assert(
    fc.property(rate, rate, rate, (one, two, three) => {
      expect(priorShift(one, one)).toBe(0);
      expect(priorShift(one, two) + priorShift(two, three)).toBeCloseTo(priorShift(one, three), 9);
    }),
  );
});
