import fc from 'fast-check';
import { binFeature, binOf } from './bin-feature.ts';
import { orderBins } from './ordered-bins.ts';

const rows = fc.array(
  fc.record({ level: fc.integer({ min: 0, max: 4 }), bad: fc.boolean(), heldOut: fc.boolean(), missing: fc.boolean() }),
  { minLength: 20, maxLength: 80 },
);

/** Bad rate of a level among the rows to learn from, ten rows of the mean added. */
function rateOf(level: number, learned: readonly { level: number; bad: boolean; missing: boolean }[]): number {
  const mean = learned.filter(({ bad }) => bad).length / learned.length;
  const own = learned.filter((row) => !row.missing && row.level === level);
  return (own.filter(({ bad }) => bad).length + 10 * mean) / (own.length + 10);
}

test('levels stand by their bad rate among the rows to learn from, the missing one behind', () => {
  fc.assert(
    fc.property(rows, (drawn) => {
      const learned = drawn.filter(({ heldOut }) => !heldOut);
      fc.pre(learned.length > 0);
      const values = Float64Array.from(drawn, ({ level, missing }) => (missing ? Number.NaN : level));
      const { placeOf, ordered, count } = orderBins(
        binFeature(values, { binsMax: 32, rowsMin: 1, levelCount: 5 }),
        Uint8Array.from(drawn, ({ bad }) => (bad ? 1 : 0)),
        Uint8Array.from(drawn, ({ heldOut }) => (heldOut ? 1 : 0)),
      );
      expect([ordered, count, placeOf[5]]).toEqual([5, 6, 5]);
      const levels = [0, 1, 2, 3, 4].sort((one, other) => (placeOf[one] ?? 0) - (placeOf[other] ?? 0));
      const rates = levels.map((level) => rateOf(level, learned));
      rates.slice(1).forEach((rate, place) => {
        expect(rate).toBeGreaterThanOrEqual((rates[place] ?? 0) - 1e-12);
      });
    }),
  );
});

test('an outcome of a row that is held out moves no level', () => {
  const values = Float64Array.from({ length: 60 }, (_, row) => row % 3);
  const heldOut = Uint8Array.from(values, (_, row) => (row < 30 ? 1 : 0));
  const feature = binFeature(values, { binsMax: 32, rowsMin: 1, levelCount: 3 });
  const bad = (first: number) =>
    Uint8Array.from(values, (level, row) => (row < 30 ? (level === first ? 1 : 0) : level === 1 ? 1 : 0));
  const places = (first: number) => [...orderBins(feature, bad(first), heldOut).placeOf];
  expect(places(0)).toEqual(places(2));
  expect(places(0)).toEqual([0, 2, 1, 3]);
});

test('codes of a number stand behind the others, which keep their order', () => {
  const values = Float64Array.from([1, 2, 96, 3, 98, 2, Number.NaN]);
  const feature = binFeature(values, { binsMax: 32, rowsMin: 1, specialValues: [96, 98] });
  const { placeOf, ordered } = orderBins(feature, new Uint8Array(7), new Uint8Array(7));
  expect([...feature.bins].map((bin) => placeOf[bin])).toEqual([0, 1, 3, 2, 4, 1, 5]);
  expect(ordered).toBe(3);
});

const CODES: readonly (readonly number[])[] = [[], [0], [-3], [3], [0, 1], [-1, 0, 1], [-3, 0, 3]];
const STARTS = [undefined, -9, -3, -2.5, -2, -0.5, -0.2, 0, 0.3, 0.5, 1, 1.4, 1.5, 3, 9];
test.each(CODES.flatMap((codes) => STARTS.map((from) => [codes, from] as const)))(
  'codes %j, a direction from %d on: exactly the cuts with a directed bin on either side',
  (specialValues, directedFrom) => {
    const values = Float64Array.from([-3, -2, -1, 0, 1, 2, 3, Number.NaN]);
    const options = { binsMax: 16, rowsMin: 1, direction: 1, specialValues, directedFrom } as const;
    const feature = binFeature(values, options);
    const order = orderBins(feature, new Uint8Array(8), new Uint8Array(8));
    const first = binOf(feature.cuts, directedFrom ?? Number.NEGATIVE_INFINITY);
    for (let cut = 1; cut < order.ordered; cut += 1) {
      expect(cut >= order.directedFrom).toBe(order.placeOf.indexOf(cut - 1) >= first);
    }
  },
);
