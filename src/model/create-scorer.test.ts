import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { compileScorecard, findBin } from './compile-scorecard.ts';
import { createScorer } from './create-scorer.ts';
import { keepHeaviest } from './keep-heaviest.ts';
import { parseScorecard, shippedScorecardPath } from './load-scorecard.ts';
import { rankPointsLost } from './rank-points-lost.ts';
import { score, scoreLogOdds } from './score.ts';
import type { FeatureTable, PairTable, Scorecard } from './scorecard.ts';

const SHIPPED = parseScorecard(JSON.parse(readFileSync(shippedScorecardPath(), 'utf8')), 'shipped');

const units = fc.integer({ min: -20_000, max: 20_000 }).map((one) => one / 10_000);
const tables = (count: number): fc.Arbitrary<FeatureTable[]> =>
  fc.tuple(
    ...Array.from({ length: count }, (_, index) =>
      fc
        .tuple(fc.uniqueArray(fc.integer({ min: -300, max: 300 }), { maxLength: 40 }), fc.infiniteStream(units), units)
        .map(([drawn, stream, missingLogOdds]) => {
          const cuts = drawn.sort((one, other) => one - other);
          const logOdds = Array.from(cuts.concat(0), () => stream.next().value as number);
          const rows = logOdds.map(() => 5);
          const name = `feature_${index}`;
          return { name, monotone: 'free', monotoneFrom: null, cuts, logOdds, rows, missingLogOdds, missingRows: 1 };
        }),
    ),
  ) as fc.Arbitrary<FeatureTable[]>;

/** Any scorecard: few bins and many, pairs that outweigh the mains, so that a heavy factor need not help by itself. */
const scorecards: fc.Arbitrary<Scorecard> = fc
  .integer({ min: 1, max: 7 })
  .chain((count) => fc.tuple(tables(count), fc.infiniteStream(units), fc.constantFrom(1 as const, 2 as const)))
  .map(([features, stream, formatVersion]) => {
    const pairs = features.slice(1).map((table, index): PairTable => {
      const first = features[index] ?? table;
      const row = () => Array.from({ length: table.logOdds.length + 1 }, () => stream.next().value as number);
      return { features: [first.name, table.name], logOdds: Array.from({ length: first.logOdds.length + 1 }, row) };
    });
    return { ...SHIPPED, formatVersion, features, pairs: formatVersion === 1 ? [] : pairs };
  });
const values = fc.oneof(
  fc.integer({ min: -310, max: 310 }),
  fc.double({ min: -310, max: 310 }),
  fc.constantFrom(Number.NaN, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);

describe('createScorer', () => {
  it('says what score and rankPointsLost say, to the bit, whatever the tables', () => {
    fc.assert(
      fc.property(
        scorecards,
        fc.array(fc.array(values, { minLength: 7, maxLength: 7 }), { minLength: 1 }),
        (card, drawn) => {
          const model = compileScorecard(card);
          const scorer = createScorer(model);
          for (const row of drawn) {
            const features = Float64Array.from(row.slice(0, card.features.length));
            const plain = score(model, features, null);
            expect(scorer.score(features)).toBe(plain.logOdds);
            expect(scorer.scoreWithReasons(features)).toBe(plain.logOdds);
            expect(scorer.probabilityOfDefault(features)).toBe(plain.probabilityOfDefault);
            const named = [...scorer.reasons.subarray(0, scorer.reasonCount())].map((place) => model.features[place]);
            expect(named).toEqual(
              rankPointsLost(model, features)
                .slice(0, 4)
                .map((one) => one.feature),
            );
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('finds the first bin whose end lies above the value, by halving as by walking', () => {
    fc.assert(
      fc.property(tables(1), values, ([table], value) => {
        if (table === undefined) return;
        const model = compileScorecard({ ...SHIPPED, features: [table], pairs: [] });
        const walked = table.cuts.findIndex((cut) => value < cut);
        const expected = Number.isNaN(value) || walked === -1 ? table.cuts.length : walked;
        expect(findBin(model, 0, value)).toBe(expected + Number(Number.isNaN(value)));
        expect(createScorer(model).score(Float64Array.of(value))).toBe(scoreLogOdds(model, Float64Array.of(value)));
      }),
      { numRuns: 1_000 },
    );
  });

  it('refuses features that do not fit', () => {
    const scorer = createScorer(compileScorecard(SHIPPED));
    expect(() => scorer.score(new Float64Array(3))).toThrow('do not fit');
    expect(() => scorer.scoreWithReasons(new Float64Array(3))).toThrow('do not fit');
  });
});

describe('keepHeaviest', () => {
  it('keeps what sorting would put first, of equals the first in place, and nothing without weight', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -40, max: 40 }), { maxLength: 256 }), (weights) => {
        const heaviest = new Int32Array(4);
        const found = keepHeaviest(Int32Array.from(weights), weights.length, heaviest);
        const sorted = [...weights.keys()]
          .filter((place) => (weights[place] ?? 0) > 0)
          .sort((one, other) => (weights[other] ?? 0) - (weights[one] ?? 0) || one - other);
        expect([...heaviest.subarray(0, found)]).toEqual(sorted.slice(0, 4));
      }),
    );
  });
});
