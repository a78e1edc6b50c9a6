import fc from 'fast-check';
import { createSeededRandom } from '../../lib/seeded-random.ts';
import { computeAuc, computeAucLiftWithError } from './auc-lift.ts';

/** Every pair of a bad and a good, one by one. */
function countPairs(scores: readonly number[], bads: readonly boolean[]): number {
  let won = 0;
  let pairs = 0;
  scores.forEach((bad, i) => {
    scores.forEach((good, j) => {
      if (bads[i] !== true || bads[j] !== false) return;
      pairs += 1;
      won += bad > good ? 1 : bad === good ? 0.5 : 0;
    });
  });
  return won / pairs;
}

test('the AUC is the share of pairs, ties half', () => {
  const row = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.boolean());
  fc.assert(
    fc.property(fc.array(row, { minLength: 2, maxLength: 40 }), (rows) => {
      const bads = rows.map(([, bad]) => bad);
      fc.pre(bads.includes(true) && bads.includes(false));
      const scores = rows.map(([value]) => value);
      const auc = computeAuc(Float64Array.from(scores), Uint8Array.from(bads, Number));
      expect(auc).toBeCloseTo(countPairs(scores, bads), 12);
    }),
  );
});

test('the standard error of the lift is what resampling shows', () => {
  const random = createSeededRandom(3);
  const draw = () => {
    const rows = 600;
    const defaulted = Uint8Array.from({ length: rows }, () => (random() < 0.3 ? 1 : 0));
    const without = Float64Array.from(defaulted, (bad) => bad + 2 * random() + random());
    const withBlock = without.map((value, row) => value + 0.3 * (defaulted[row] ?? 0) + 0.8 * random());
    return computeAucLiftWithError(without, withBlock, defaulted);
  };
  const lifts = Array.from({ length: 300 }, draw);
  const mean = lifts.reduce((sum, { lift }) => sum + lift, 0) / lifts.length;
  const spread = Math.sqrt(lifts.reduce((sum, { lift }) => sum + (lift - mean) ** 2, 0) / lifts.length);
  const told = lifts.reduce((sum, { standardError }) => sum + (standardError ?? 0), 0) / lifts.length;
  expect(told / spread).toBeGreaterThan(0.85);
  expect(told / spread).toBeLessThan(1.18);
});
