import { meanMeasures } from './mean-measures.ts';
import type { Metrics } from './scorecard.ts';

const foldsOf = (aucs: readonly number[]) => aucs.map((auc): Metrics => ({ ...NOTHING, auc }));
const NOTHING: Metrics = {
  rows: 0,
  defaults: 0,
  auc: 0,
  ks: 0,
  brier: 0,
  logLoss: 0,
  hMeasure: 0,
  calibrationError: 0,
  calibrationSlope: 1,
  calibrationIntercept: 0,
};

// Nadeau and Bengio by hand: t x sqrt(variance x (1 / folds + 1 / 4)).
test.each<[string, number[], number, number]>([
  // Variance 0.0002, t of one degree of freedom 12.706.
  ['two', [0.7, 0.72], 0.71, 12.706 * Math.sqrt(0.0002 * 0.75)],
  // Variance 0.0001, t of two degrees of freedom 4.303.
  ['three', [0.7, 0.71, 0.72], 0.71, 4.303 * Math.sqrt(0.0001 * (1 / 3 + 0.25))],
  // Variance 0.0001, t of four degrees of freedom 2.776: 0.0186.
  ['five', [0.69, 0.71, 0.7, 0.71, 0.69], 0.7, 2.776 * Math.sqrt(0.0001 * 0.45)],
])('%s folds', (_, aucs, mean, half) => {
  const { auc, intervals, folds } = meanMeasures(foldsOf(aucs));
  expect([auc, folds]).toEqual([mean, aucs.length]);
  expect(intervals.auc[0]).toBeCloseTo(mean - half, 5);
  expect(intervals.auc[1]).toBeCloseTo(mean + half, 5);
});

test('25 folds: t of 24 degrees of freedom', () => {
  const aucs = Array.from({ length: 25 }, (_, fold) => (fold % 2 === 0 ? 0.7 : 0.72));
  const mean = (13 * 0.7 + 12 * 0.72) / 25;
  const variance = (13 * (0.7 - mean) ** 2 + 12 * (0.72 - mean) ** 2) / 24;
  const [low, high] = meanMeasures(foldsOf(aucs)).intervals.auc;
  expect((high - low) / 2).toBeCloseTo(2.064 * Math.sqrt(variance * (1 / 25 + 1 / 4)), 5);
});

test('one fold has no width', () => {
  expect(meanMeasures(foldsOf([0.7])).intervals.auc).toEqual([0.7, 0.7]);
});
