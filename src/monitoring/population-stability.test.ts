import fc from 'fast-check';
import { createSeededRandom, type SeededRandom } from '../lib/seeded-random.ts';
import { countIntoBins, cutIntoQuantiles } from '../lib/statistics/bin-values.ts';
import { computePsi, computeStability, judgeStability } from './population-stability.ts';

/** Draws rows into bins by their chances. */
function draw(random: SeededRandom, rows: number, chances: readonly number[]): number[] {
  const counts = chances.map(() => 0);
  for (let row = 0; row < rows; row += 1) {
    let left = random();
    const bin = chances.findIndex((chance) => {
      left -= chance;
      return left < 0;
    });
    const place = bin === -1 ? chances.length - 1 : bin;
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return counts;
}

const TEN = [...new Array(10).fill(0.1), 0];
/** Thin, thick and missing bins side by side. */
const UNEVEN = [0.4, 0.2, 0.1, 0.1, 0.06, 0.05, 0.03, 0.02, 0.01, 0.03];
const MOVED = [0.19, 0.16, 0.13, 0.11, 0.1, 0.09, 0.08, 0.06, 0.05, 0.03, 0];

const judge = (reference: number[], recent: number[]) => {
  const stability = computeStability(reference, recent);
  return judgeStability(stability, stability.pValue);
};

describe('the index', () => {
  test('is the sum over bins that anybody can write down, with half a row in each', () => {
    const counts = fc.array(fc.nat(5_000), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(counts, fc.infiniteStream(fc.nat(5_000)), (reference, stream) => {
        const recent = reference.map(() => stream.next().value);
        const share = (all: number[], one: number) =>
          (one + 0.5) / (all.reduce((total, count) => total + count, 0) + all.length / 2);
        let expected = 0;
        for (const [bin, before] of reference.entries()) {
          const p = share(reference, before);
          const q = share(recent, recent[bin]!);
          expected += q * Math.log(q / p) + p * Math.log(p / q);
        }
        expect(computePsi(reference, recent)).toBeCloseTo(expected, 10);
        expect(computePsi(recent, reference)).toBeCloseTo(expected, 10);
        expect(expected).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('without a shift it comes to what the numbers of rows say, on average', () => {
    const random = createSeededRandom(3);
    for (const [m, n] of [
      [8_000, 300],
      [2_000, 1_000],
    ] as const) {
      let psi = 0;
      let byChance = 0;
      for (let run = 0; run < 100; run += 1) {
        const stability = computeStability(draw(random, m, TEN), draw(random, n, TEN));
        psi += stability.psi / 100;
        byChance = stability.psiByChance;
      }
      expect(byChance).toBeCloseTo(9 * (1 / m + 1 / n), 12);
      expect(psi / byChance).toBeGreaterThan(0.8);
      expect(psi / byChance).toBeLessThan(1.2);
    }
  });

  test('no row is lost when bins are joined', () => {
    const counts = fc.array(fc.nat(300), { minLength: 3, maxLength: 25 });
    fc.assert(
      fc.property(counts, fc.infiniteStream(fc.nat(300)), (reference, stream) => {
        const recent = reference.map(() => stream.next().value);
        const total = (all: readonly number[]) => all.reduce((one, other) => one + other, 0);
        if (total(reference) === 0 || total(recent) === 0) return;
        const stability = computeStability(reference, recent);
        expect([stability.referenceRows, stability.recentRows]).toEqual([total(reference), total(recent)]);
        expect(stability.bins).toBeGreaterThanOrEqual(1);
        expect(stability.pValue).toBeGreaterThanOrEqual(0);
        expect(stability.pValue).toBeLessThanOrEqual(1);
      }),
    );
  });
});

test('the p-value agrees with shuffling the labels', () => {
  const random = createSeededRandom(5);
  for (let round = 0; round < 3; round += 1) {
    const reference = draw(random, 1_500, TEN);
    const recent = draw(random, 500, [0.09, 0.11, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.11, 0.09, 0]);
    const { pValue, bins } = computeStability(reference, recent);
    expect(bins).toBe(10);
    const statistic = (one: number[], other: number[]) =>
      one.reduce((sum, r, bin) => {
        const all = r + other[bin]!;
        return all === 0
          ? sum
          : sum + (r - all * 0.75) ** 2 / (all * 0.75) + (other[bin]! - all * 0.25) ** 2 / (all * 0.25);
      }, 0);
    const labels = reference.flatMap((count, bin) => new Array<number>(count + recent[bin]!).fill(bin));
    const seen = statistic(reference, recent);
    let atLeast = 0;
    for (let run = 0; run < 400; run += 1) {
      for (let i = labels.length - 1; i > 0; i -= 1) {
        const j = Math.floor(random() * (i + 1));
        [labels[i], labels[j]] = [labels[j]!, labels[i]!];
      }
      const count = (from: number, to: number) => {
        const counts = new Array<number>(11).fill(0);
        for (let i = from; i < to; i += 1) counts[labels[i]!]! += 1;
        return counts;
      };
      if (statistic(count(0, 1_500), count(1_500, 2_000)) >= seen - 1e-9) atLeast += 1;
    }
    expect(Math.abs(pValue - atLeast / 400)).toBeLessThan(0.08);
  }
});

describe('the verdict', () => {
  test.each([
    [50, TEN],
    [200, TEN],
    [1_000, UNEVEN],
    [20_000, TEN],
    [20_000, UNEVEN],
  ])('%d unmoved customers: no alarm in at least 997 of 1,000 draws', (rows, chances) => {
    const random = createSeededRandom(rows);
    const reference = draw(random, 24_000, chances);
    let alarms = 0;
    const runs = rows > 5_000 ? 100 : 1_000;
    for (let run = 0; run < runs; run += 1) {
      if (['watch', 'act'].includes(judge(reference, draw(random, rows, chances)))) alarms += 1;
    }
    expect(alarms).toBeLessThanOrEqual(runs * 0.003);
  });

  test.each([50, 150, 179])('%d customers are too few to say, whatever they look like', (rows) => {
    const moved = new Array<number>(11).fill(0);
    moved[9] = rows;
    expect(judge([...new Array(10).fill(2_400), 0], moved)).toBe('too_few');
  });

  test('a shift that matters is found with a few hundred customers', () => {
    const random = createSeededRandom(9);
    const verdicts = Array.from({ length: 100 }, () => judge(draw(random, 5_000, TEN), draw(random, 600, MOVED)));
    expect(verdicts.filter((verdict) => verdict !== 'stable').length).toBeGreaterThanOrEqual(95);
  });

  test('a million customers who moved by a trifle are stable, though it is no accident', () => {
    const trifle = [0.105, 0.095, 0.105, 0.095, 0.105, 0.095, 0.105, 0.095, 0.105, 0.095, 0];
    const stability = computeStability(
      TEN.map((chance) => chance * 24_000),
      trifle.map((chance) => chance * 1_000_000),
    );
    expect(stability.pValue).toBeLessThan(1e-6);
    expect(judgeStability(stability, stability.pValue)).toBe('stable');
  });

  test('values that are missing all of a sudden are told, though training knew of none', () => {
    const recent = [...new Array(10).fill(170), 300];
    expect(judge([...new Array(10).fill(2_400), 0], recent)).toBe('act');
  });

  test.each([
    [0.1, 0.001, 'stable'],
    [0.1001, 0.01, 'watch'],
    [0.1001, 0.0101, 'stable'],
    [0.25, 0.001, 'watch'],
    [0.2501, 0.001, 'act'],
    [0.9, 0.02, 'stable'],
  ])('shift %d, p-value %d: %s', (shift, pValue, verdict) => {
    expect(judgeStability({ shift, psiByChance: 0.01, recentRows: 1_000 }, pValue)).toBe(verdict);
  });
});

describe('bins', () => {
  test('hold their cut and what lies up to the next; missing values stand last', () => {
    expect(countIntoBins([0, 2.5], [-1, -0.001, 0, 1, 2.5, 3, Number.NaN])).toEqual([2, 2, 2, 1]);
    expect(countIntoBins([], [1, Number.NaN])).toEqual([1, 1]);
  });

  test('quantiles part values evenly, and never leave a bin empty', () => {
    const value = fc.integer({ min: -50, max: 50 });
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 2, max: 20 }),
        (values, bins) => {
          const cuts = cutIntoQuantiles(values, bins);
          expect(cuts.length).toBeLessThan(bins);
          expect(cuts.every((cut, index) => index === 0 || cut > cuts[index - 1]!)).toBe(true);
          expect(
            countIntoBins(cuts, values)
              .slice(0, -1)
              .every((count) => count > 0),
          ).toBe(true);
        },
      ),
    );
    expect(
      cutIntoQuantiles(
        Array.from({ length: 100 }, (_, i) => i),
        4,
      ),
    ).toEqual([25, 50, 75]);
  });
});
