import fc from 'fast-check';
import { logit } from './base-rate.ts';
import { computeMetrics, fitCalibration } from './metrics.ts';
import { roundTo } from './round-to.ts';

const metricsOf = (scores: readonly number[], target: readonly number[]) =>
  computeMetrics(Float64Array.from(scores), Uint8Array.from(target));

describe('computeMetrics', () => {
  it('agrees with a case worked out by hand', () => {
    // probabilities 0.2, 0.5, 0.5, 0.8 against 0, 0, 1, 1
    const metrics = metricsOf([logit(0.2), 0, 0, logit(0.8)], [0, 0, 1, 1]);
    expect(metrics).toMatchObject({ rows: 4, defaults: 2 });
    expect(metrics.auc).toBeCloseTo(3.5 / 4, 6); // three pairs right, one tied
    expect(metrics.ks).toBeCloseTo(0.5, 6);
    expect(metrics.brier).toBeCloseTo((0.04 + 0.25 + 0.25 + 0.04) / 4, 6);
    expect(metrics.logLoss).toBeCloseTo((-2 * Math.log(0.8) - 2 * Math.log(0.5)) / 4, 6);
  });

  it.each([
    ['perfect', [-2, -1, 1, 2], [0, 0, 1, 1], 1, 1],
    ['reversed', [2, 1, -1, -2], [0, 0, 1, 1], 0, 1],
    ['constant', [0.3, 0.3, 0.3, 0.3], [0, 1, 0, 1], 0.5, 0],
  ])('%s ranking', (_, scores, target, auc, ks) => {
    expect(metricsOf(scores, target)).toMatchObject({ auc, ks });
  });

  it('measures how far ten equal bins are off', () => {
    // Twenty rows at p = 0.5, of which the first of each pair defaults: every bin of two is exact.
    const target = Array.from({ length: 20 }, (_, row) => row % 2);
    expect(metricsOf(new Array(20).fill(0), target).calibrationError).toBe(0);
    // All said 0.5, but 15 of 20 default: bins are off by |1 - 2p| on average, at least by 0.25 overall.
    const worse = Array.from({ length: 20 }, (_, row) => (row < 15 ? 1 : 0));
    expect(metricsOf(new Array(20).fill(0), worse).calibrationError).toBeCloseTo((7 * 1 + 0 + 2 * 1) / 20, 6);
  });

  it('finds the slope and intercept that were put in', () => {
    // At z = -1, 0, 1 the outcome follows sigmoid(0.5 + 2 z) in exact shares of a large sample.
    const scores: number[] = [];
    const target: number[] = [];
    for (const z of [-1, 0, 1]) {
      const share = 1 / (1 + Math.exp(-(0.5 + 2 * z)));
      for (let row = 0; row < 20_000; row += 1) {
        scores.push(z);
        target.push(row < Math.round(share * 20_000) ? 1 : 0);
      }
    }
    const fit = fitCalibration(Float64Array.from(scores), Uint8Array.from(target));
    expect(fit.slope).toBeCloseTo(2, 3);
    expect(fit.intercept).toBeCloseTo(0.5, 3);
  });

  it('equals the count of pairs put in the right order, ties half', () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: -4, max: 4 }), fc.boolean()), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(rows, (drawn) => {
        const bads = drawn.filter(([, bad]) => bad);
        const goods = drawn.filter(([, bad]) => !bad);
        fc.pre(bads.length > 0 && goods.length > 0);
        let won = 0;
        for (const [bad] of bads) for (const [good] of goods) won += bad > good ? 1 : bad === good ? 0.5 : 0;
        const metrics = metricsOf(
          drawn.map(([z]) => z),
          drawn.map(([, bad]) => (bad ? 1 : 0)),
        );
        expect(metrics.auc).toBeCloseTo(won / (bads.length * goods.length), 6);
      }),
    );
  });

  it('stays finite for log-odds no probability can hold', () => {
    expect(metricsOf([-800, 800, 800, -800], [0, 1, 0, 1]).logLoss).toBe(400);
  });

  it('needs both outcomes', () => {
    expect(() => metricsOf([1, 2], [1, 1])).toThrow('defaults and non-defaults');
  });
});

describe('roundTo', () => {
  it.each([
    [1.23456789, 4, 1.2346],
    [-0.00001, 4, 0],
    [-1.5, 0, -1],
    [0.1 + 0.2, 6, 0.3],
  ])('%d to %d places is %d', (value, decimals, expected) => {
    expect(Object.is(roundTo(value, decimals), expected)).toBe(true);
  });
});
