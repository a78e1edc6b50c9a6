import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { EmotionFeatures } from '../affect/index.ts';
import { reanchor, sigmoid } from './base-rate.ts';
import { compileScorecard } from './compile-scorecard.ts';
import { parseScorecard, shippedScorecardPath } from './load-scorecard.ts';
import { rankPointsLost } from './rank-points-lost.ts';
import { score, scoreLogOdds, toPoints } from './score.ts';
import type { Scorecard } from './scorecard.ts';

const SHIPPED = parseScorecard(JSON.parse(readFileSync(shippedScorecardPath(), 'utf8')), 'shipped');
const MODEL = compileScorecard(SHIPPED);
const PAIRS = SHIPPED.pairs ?? [];

/** Values of a feature around its cuts, on them, and missing. */
const featureVectors: fc.Arbitrary<Float64Array> = fc
  .tuple(
    ...SHIPPED.features.map((table) =>
      fc.oneof(
        fc.constant(Number.NaN),
        fc.constantFrom(0, ...table.cuts),
        fc.double({ min: -10, max: 10, noNaN: true }),
        fc.constantFrom(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY),
      ),
    ),
  )
  .map((values) => Float64Array.from(values));

const emotions: fc.Arbitrary<EmotionFeatures | null> = fc.option(
  fc.record({
    valence30: fc.double({ min: -1, max: 1, noNaN: true }),
    stress30: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    valenceVariability30: fc.constant(null),
    effectiveSamples30: fc.double({ min: 0, max: 50, noNaN: true }),
    lastEventAgeMs: fc.integer({ min: 0, max: 2_000_000_000 }),
    valence3: fc.constant(null),
    stress3: fc.constant(null),
    effectiveSamples3: fc.constant(0),
  }),
);
const baseRates = fc.option(fc.double({ min: 0.001, max: 0.6, noNaN: true }), { nil: undefined });

/** Scoring once more, from the words of the artefact's format alone: bins in a row, the first that holds the value. */
function scorePlainly(scorecard: Scorecard, features: Float64Array) {
  const bins = new Map<string, number>();
  let units = Math.round(scorecard.interceptLogOdds * 10_000);
  scorecard.features.forEach((table, index) => {
    const value = features[index] ?? Number.NaN;
    let bin = 0;
    while (bin < table.cuts.length && !(value < (table.cuts[bin] ?? 0))) bin += 1;
    const row = [...table.logOdds, table.missingLogOdds];
    bins.set(table.name, Number.isNaN(value) ? table.logOdds.length : bin);
    units += Math.round((row[bins.get(table.name) ?? -1] ?? Number.NaN) * 10_000);
  });
  for (const { features: two, logOdds } of scorecard.pairs ?? []) {
    const [row, column] = two.map((name) => bins.get(name) ?? -1);
    units += Math.round((logOdds[row ?? -1]?.[column ?? -1] ?? Number.NaN) * 10_000);
  }
  const logOdds = units / 10_000;
  const { scaling } = scorecard;
  const points = scaling.score + (scaling.pointsToDoubleOdds / Math.log(2)) * (-logOdds - Math.log(scaling.odds));
  const clamped = Math.max(scaling.minimum, Math.min(scaling.maximum, points));
  return { logOdds, probabilityOfDefault: 1 / (1 + Math.exp(-logOdds)), points: clamped };
}

describe('score', () => {
  it('names every part of the sum, to 1e-9', () => {
    fc.assert(
      fc.property(featureVectors, emotions, baseRates, (features, emotion, baseRate) => {
        const scored = score(MODEL, features, emotion, baseRate === undefined ? {} : { baseRate });
        const sum = scored.contributions.reduce((total, one) => total + one.logOdds, 0);
        expect(Math.abs(sum - scored.logOdds)).toBeLessThanOrEqual(1e-9);
        expect(Math.abs(scored.financialLogOdds + scored.emotionLogOdds - scored.logOdds)).toBeLessThanOrEqual(1e-9);
        expect(scored.contributions.map((one) => one.feature)).toEqual([
          'intercept',
          ...SHIPPED.features.map((table) => table.name),
          ...(baseRate === undefined ? [] : ['base_rate']),
          'emotion',
        ]);
      }),
    );
  });

  it('gives the same bytes as a plain reading of the artefact', () => {
    fc.assert(
      fc.property(featureVectors, (features) => {
        const scored = score(MODEL, features, null);
        const plain = scorePlainly(SHIPPED, features);
        expect(scored.logOdds).toBe(plain.logOdds);
        expect(scored.probabilityOfDefault).toBe(plain.probabilityOfDefault);
        expect(Math.abs(scored.score - plain.points)).toBeLessThanOrEqual(0.5 + 1e-9);
        expect(scoreLogOdds(MODEL, features)).toBe(scored.financialLogOdds);
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives the same bytes every time, and leaves its input alone', () => {
    fc.assert(
      fc.property(featureVectors, emotions, (features, emotion) => {
        const before = Float64Array.from(features);
        const once = JSON.stringify(score(MODEL, features, emotion));
        expect(JSON.stringify(score(MODEL, features, emotion))).toBe(once);
        expect(features).toEqual(before);
      }),
    );
  });

  it('without emotion scores as if emotion did not exist, to the byte', () => {
    fc.assert(
      fc.property(featureVectors, emotions, (features, emotion) => {
        const without = score(MODEL, features, null);
        const stale = emotion === null ? null : { ...emotion, effectiveSamples30: 0 };
        expect(score(MODEL, features, emotion).financialLogOdds).toBe(without.logOdds);
        expect(JSON.stringify(score(MODEL, features, stale))).toBe(JSON.stringify(without));
        expect(Object.is(without.emotionLogOdds, 0)).toBe(true);
      }),
    );
  });

  it.each([
    [50, 600],
    [100, 620],
    [25, 580],
    [1, 487],
    [1e30, 850],
    [1e-30, 300],
  ])('at odds of %d good to one bad gives %i points', (odds, points) => {
    expect(toPoints(MODEL, -Math.log(odds))).toBe(points);
  });

  it('refuses features that do not fit', () => {
    expect(() => score(MODEL, new Float64Array(3), null)).toThrow('do not fit');
  });
});

describe('reanchor', () => {
  it('moves the mean probability where the lender is, and a lender like the training data nowhere', () => {
    expect(sigmoid(reanchor(0, 0.5, 0.04))).toBeCloseTo(0.04, 12);
    expect(reanchor(-1.25, 0.22, 0.22)).toBe(-1.25);
    expect(() => reanchor(0, 0.2, 0)).toThrow('between 0 and 1');
  });

  it('is what the base rate of a score adds', () => {
    const features = new Float64Array(SHIPPED.features.length).fill(Number.NaN);
    const there = score(MODEL, features, null, { baseRate: 0.03 });
    expect(there.logOdds).toBe(reanchor(score(MODEL, features, null).logOdds, SHIPPED.baseRate, 0.03));
  });
});

describe('monotone directions', () => {
  const CONTEXTS = 40;
  const STEPS = 2_500;

  it.each(SHIPPED.features.filter((table) => table.monotone !== 'free').map((table) => [table.name, table] as const))(
    '%s keeps its direction on a dense grid, pairs included, whatever the other features say',
    (_, table) => {
      const index = SHIPPED.features.indexOf(table);
      const from = table.monotoneFrom ?? Math.min(...table.cuts) - 1;
      const span = Math.max(...table.cuts) + 1 - from;
      const sign = table.monotone === 'up' ? 1 : -1;
      let breaks = 0;
      for (const drawn of fc.sample(featureVectors, { numRuns: CONTEXTS, seed: 17 })) {
        const features = Float64Array.from(drawn);
        let before = Number.NEGATIVE_INFINITY;
        for (let step = 0; step <= STEPS; step += 1) {
          features[index] = from + (step / STEPS) * span;
          const now = sign * scoreLogOdds(MODEL, features);
          if (now < before) breaks += 1;
          before = now;
        }
      }
      expect(breaks).toBe(0);
    },
  );

  it('notices a planted break', () => {
    const at = PAIRS.findIndex((one) =>
      SHIPPED.features.some((two) => two.name === one.features[0] && two.monotone !== 'free'),
    );
    expect(at).toBeGreaterThanOrEqual(0);
    const last = (PAIRS[at]?.logOdds.length ?? 0) - 2;
    const broken = structuredClone(SHIPPED);
    const row = broken.pairs?.[at]?.logOdds[last];
    const table = SHIPPED.features.find((one) => one.name === PAIRS[at]?.features[0]);
    if (row !== undefined) row[0] = table?.monotone === 'up' ? -9 : 9;
    expect(() => parseScorecard(broken, 'planted')).toThrow(/not monotone/);
  });
});

describe('rankPointsLost', () => {
  const tiny = compileScorecard({
    ...SHIPPED,
    pairs: [],
    features: [
      table('first', [-0.5, 0.25], 0),
      table('second', [-0.1, 0.5], 0),
      table('third', [-0.2, 0.55], 7, -0.4),
      table('fourth', [0.1, 0.7], 0),
    ],
  });
  const lostAt = (values: readonly number[], reference?: 'best' | 'average') =>
    rankPointsLost(tiny, Float64Array.from(values), reference).map((one) => [
      one.feature,
      Math.round(one.logOddsLost * 1e6) / 1e6,
    ]);

  it('orders features by what they lost against the best of their table, ties in the order of the model', () => {
    expect(lostAt([1, 1, 1, 1])).toEqual([
      ['third', 0.95],
      ['first', 0.75],
      ['second', 0.6],
      ['fourth', 0.6],
    ]);
  });

  it('leaves out what lost nothing', () => {
    expect(lostAt([0, 1, 0, 0])).toEqual([
      ['second', 0.6],
      ['third', 0.2],
    ]);
  });

  it('can measure against the average customer instead', () => {
    expect(lostAt([0, 0, 1, 0], 'average')).toEqual([
      ['third', 0.55],
      ['fourth', 0.1],
    ]);
  });

  it('counts points on the scale of the score', () => {
    const [worst] = rankPointsLost(tiny, Float64Array.of(0, 0, 1, 0));
    expect(worst?.pointsLost).toBeCloseTo((0.95 * 20) / Math.log(2), 9);
  });

  it('names features once, and nothing that is none', () => {
    const names = SHIPPED.features.map((one) => one.name);
    fc.assert(
      fc.property(featureVectors, (features) => {
        const named = rankPointsLost(MODEL, features).map((one) => one.feature);
        for (const one of named) expect(names).toContain(one);
        expect(new Set(named).size).toBe(named.length);
      }),
    );
  });

  it('names only what would help: put to its reference alone, a named factor lowers the risk', () => {
    fc.assert(
      fc.property(featureVectors, (features) => {
        for (const { feature, pointsLost } of rankPointsLost(MODEL, features)) {
          const index = MODEL.features.indexOf(feature);
          const better = Float64Array.from(features);
          better[index] = valueOfBin(SHIPPED.features[index], MODEL.referenceBins[index] ?? 0);
          expect(scoreLogOdds(MODEL, better)).toBeLessThan(scoreLogOdds(MODEL, features));
          expect(pointsLost).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('refuses features of another model', () => {
    expect(() => rankPointsLost(tiny, new Float64Array(23))).toThrow('another model');
  });
});

/** A value that falls into the bin. */
function valueOfBin(table: Scorecard['features'][number] | undefined, bin: number): number {
  const cuts = table?.cuts ?? [];
  if (bin > cuts.length) return Number.NaN;
  return cuts[bin - 1] ?? (cuts[0] ?? 0) - 1;
}

function table(
  name: string,
  logOdds: number[],
  missingRows: number,
  missingLogOdds = 0,
): Scorecard['features'][number] {
  return { name, monotone: 'up', monotoneFrom: null, cuts: [0.5], logOdds, rows: [5, 5], missingLogOdds, missingRows };
}
