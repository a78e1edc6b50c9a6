import fc from 'fast-check';
import { createSeededRandom } from '../seeded-random.ts';
import { differenceInterval, ratioInterval, wilsonInterval } from './proportion-interval.ts';

const Z2 = 1.959963984540054 ** 2;
const share = fc
  .integer({ min: 1, max: 5_000 })
  .chain((of) => fc.record({ of: fc.constant(of), count: fc.integer({ min: 0, max: of }) }));

test("Wilson's ends are where the score test just rejects, and 0 and 1 are kept", () => {
  fc.assert(
    fc.property(share, ({ count, of }) => {
      const { estimate, low, high } = wilsonInterval({ count, of });
      for (const end of [low, high]) {
        if (end > 0 && end < 1) expect((estimate - end) ** 2 / ((end * (1 - end)) / of)).toBeCloseTo(Z2, 5);
      }
      expect(low).toBeLessThanOrEqual(estimate);
      expect(high).toBeGreaterThanOrEqual(estimate);
    }),
  );
});

test("Newcombe's worked example: 56/70 against 48/80", () => {
  const { estimate, low, high } = differenceInterval({ count: 56, of: 70 }, { count: 48, of: 80 });
  expect([estimate, low, high].map((value) => value.toFixed(4))).toEqual(['0.2000', '0.0524', '0.3339']);
});

test('the ratio turns round with its sides, and holds its estimate', () => {
  fc.assert(
    fc.property(share, share, (one, other) => {
      const ratio = ratioInterval(one, other);
      if (one.count === 0 || other.count === 0) return;
      expect(ratio.low).toBeLessThanOrEqual(ratio.estimate);
      expect(ratio.high).toBeGreaterThanOrEqual(ratio.estimate);
      const turned = ratioInterval(other, one);
      if (ratio.low > 1e-9 && Number.isFinite(turned.high)) expect(turned.high * ratio.low).toBeCloseTo(1, 4);
    }),
  );
});

test.each([
  [0.9, 400, 0.8, 600],
  [0.3, 60, 0.5, 80],
  [0.95, 50, 0.9, 3_000],
])('of shares %d of %d and %d of %d the intervals hold the truth about 95 times in 100', (p, m, q, n) => {
  const random = createSeededRandom(11);
  const draw = (of: number, chance: number) => {
    let count = 0;
    for (let i = 0; i < of; i += 1) if (random() < chance) count += 1;
    return { count, of };
  };
  const runs = 1_000;
  let ratios = 0;
  let differences = 0;
  for (let run = 0; run < runs; run += 1) {
    const one = draw(m, p);
    const other = draw(n, q);
    const ratio = ratioInterval(one, other);
    const difference = differenceInterval(one, other);
    if (ratio.low <= p / q && p / q <= ratio.high) ratios += 1;
    if (difference.low <= p - q && p - q <= difference.high) differences += 1;
  }
  for (const held of [ratios, differences]) {
    expect(held / runs).toBeGreaterThan(0.925);
    expect(held / runs).toBeLessThan(0.98);
  }
});
