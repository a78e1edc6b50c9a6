import fc from 'fast-check';
import { createSeededRandom } from '../seeded-random.ts';
import { aucInterval, measureRankPower } from './rank-power.ts';

const sample = fc
  .array(fc.record({ z: fc.integer({ min: -4, max: 4 }), bad: fc.boolean() }), { minLength: 2, maxLength: 60 })
  .filter((rows) => rows.some((row) => row.bad) && rows.some((row) => !row.bad));

test('the area is the share of pairs in order, the gap the largest between two counts, ties and all', () => {
  fc.assert(
    fc.property(sample, (rows) => {
      const bads = rows.filter((row) => row.bad).map((row) => row.z);
      const goods = rows.filter((row) => !row.bad).map((row) => row.z);
      const pairs = bads.flatMap((bad) => goods.map((good) => (bad > good ? 1 : bad === good ? 0.5 : 0)));
      const area = pairs.reduce((sum: number, pair) => sum + pair, 0) / pairs.length;
      const below = (values: number[], cut: number) => values.filter((value) => value <= cut).length / values.length;
      const gap = Math.max(...rows.map(({ z }) => Math.abs(below(goods, z) - below(bads, z))));
      const power = measureRankPower(
        rows.map((row) => row.z),
        rows.map((row) => row.bad),
      );
      expect(power.auc.estimate).toBeCloseTo(area, 12);
      expect(power.ks.estimate).toBeCloseTo(gap, 12);
      for (const { estimate, low, high } of [power.auc, power.ks]) {
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(estimate + 1e-12);
        expect(high).toBeGreaterThanOrEqual(estimate - 1e-12);
      }
    }),
  );
});

test('both ends of the area stand exactly as far off as may be', () => {
  const { low, high } = aucInterval(0.8, 40, 160);
  for (const end of [low, high]) {
    const others = 99 * ((1 - end) / (2 - end) + end / (1 + end));
    expect((0.8 - end) ** 2 / ((end * (1 - end) * (1 + others)) / 6_400)).toBeCloseTo(1.959963984540054 ** 2, 6);
  }
});

test.each([
  [15, 300],
  [60, 200],
])('with %d defaults among %d the intervals hold the truth about 95 times in 100', (bads, goods) => {
  const random = createSeededRandom(4);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  // One standard deviation apart: area 0.7602, gap 0.3829.
  const runs = 400;
  let areas = 0;
  let gaps = 0;
  for (let run = 0; run < runs; run += 1) {
    const z = [...Array.from({ length: bads }, () => normal() + 1), ...Array.from({ length: goods }, normal)];
    const power = measureRankPower(
      z,
      z.map((_, row) => row < bads),
    );
    if (power.auc.low <= 0.76025 && 0.76025 <= power.auc.high) areas += 1;
    if (power.ks.low <= 0.38292 && 0.38292 <= power.ks.high) gaps += 1;
  }
  expect(areas / runs).toBeGreaterThan(0.92);
  // The place is chosen where the gap is widest, which pulls the whole interval up a little.
  expect(gaps / runs).toBeGreaterThan(0.85);
});

test('a perfect ranking of three defaults is no certainty', () => {
  const { auc } = measureRankPower([5, 6, 7, 1, 2, 3, 4], [true, true, true, false, false, false, false]);
  expect(auc).toMatchObject({ estimate: 1, high: 1 });
  expect(auc.low).toBeLessThan(0.75);
});

test('rows that repeat each other widen the intervals as if there were so many fewer', () => {
  const z = [5, 6, 3, 1, 2, 3, 4, 5];
  const bad = [true, true, true, false, false, false, false, false];
  const twice = (values: number[]) => [...values, ...values];
  const once = measureRankPower(z, bad);
  const repeated = measureRankPower(twice(z), [...bad, ...bad], 2);
  for (const measure of ['auc', 'ks'] as const) {
    for (const end of ['estimate', 'low', 'high'] as const) {
      expect(repeated[measure][end]).toBeCloseTo(once[measure][end], 12);
    }
  }
});
