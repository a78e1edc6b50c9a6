import fc from 'fast-check';
import { type BinOptions, binFeature, binOf } from './bin-feature.ts';

const bySize = (one: number, other: number) => one - other;
const ONE_TO_1000 = Array.from({ length: 1_000 }, (_, place) => place + 1);
const EVERY_TENTH = ONE_TO_1000.filter((value) => value % 10 === 3);

const bin = (values: readonly number[], binsMax: number, rowsMin = 1) => {
  const { cuts, bins } = binFeature(Float64Array.from(values), { binsMax, rowsMin });
  return { cuts: [...cuts], bins: [...bins] };
};

describe('binFeature', () => {
  it('gives every value its own bin while there are few', () => {
    expect(bin([3, 1, 2, 1], 32)).toEqual({ cuts: [1.5, 2.5], bins: [2, 0, 1, 0] });
  });

  it('puts missing values behind the others', () => {
    expect(bin([Number.NaN, 1, 2], 32)).toEqual({ cuts: [1.5], bins: [2, 0, 1] });
  });

  it('cuts many values into bins of about equal count', () => {
    const values = Array.from({ length: 1_000 }, (_, index) => index);
    expect(bin(values, 4).cuts).toEqual([249.5, 499.5, 749.5]);
  });

  it('keeps a minimum of rows in a bin', () => {
    expect(bin([0, 0, 0, 1, 2, 2, 2], 32, 3).cuts).toEqual([0.5]);
    expect(bin([0, 1], 32, 2).cuts).toEqual([]);
  });

  it('needs no values at all', () => {
    expect(bin([Number.NaN, Number.NaN], 32)).toEqual({ cuts: [], bins: [1, 1] });
  });

  const NAN = Number.NaN;
  it.each<[string, readonly number[], readonly number[], Partial<BinOptions>]>([
    ['a code below all values', [-9], [-9, 0, 1, 2, -9], {}],
    ['codes below, next to each other', [-9, -8, -7], [-9, -7, 3, -8, 0], {}],
    ['a code above', [99], [1, 99, 2, 3], {}],
    ['a code in the middle', [0], [-2, -1, 0, 0, 1, 2], {}],
    ['codes on both sides and missing values', [-9, 98], [NAN, -9, 0, 4, 98, NAN, 7], {}],
    ['a code that no row has', [-9, 50], [-9, 0, 49, 51, 100], {}],
    ['codes next to each other that no row has', [-9, -8], [0, 1], {}],
    ['nothing but codes', [-9, -8], [-9, -8, -9], {}],
    ['a code among amounts', [100], [99.99, 100, 100.01, 250_000], {}],
    ['a code nearer than cuts are told apart', [0], [0, 1e-9, 2e-9, 1, 2], {}],
    ['a code in a feature of tiny scale', [-1], [-1, 1e-7, 2e-7, 3e-7], {}],
    ['few rows a bin', [5], [...Array(30).keys(), 5], { rowsMin: 10 }],
    ['few bins', [3, 11], [...Array(40).keys(), NAN], { binsMax: 2 }],
    ['as many bins and codes as there may be', EVERY_TENTH.slice(0, 32), ONE_TO_1000, { binsMax: 200 }],
  ])('%s: a bin of its own for each', (_, specialValues, drawn, change) => {
    const { cuts, bins, outside } = binFeature(Float64Array.from(drawn), {
      ...{ binsMax: 32, rowsMin: 1 },
      ...change,
      specialValues,
    });
    const missing = cuts.length + 1;
    expect(missing).toBeLessThan(256);
    const ownBins = specialValues.map((code) => binOf(cuts, code));
    expect(new Set(ownBins).size).toBe(specialValues.length);
    expect([...outside.keys()].filter((one) => outside[one] === 1)).toEqual([...ownBins, missing].toSorted(bySize));
    drawn.forEach((value, row) => {
      const place = specialValues.indexOf(value);
      if (place !== -1) expect(bins[row]).toBe(ownBins[place]);
      else if (Number.isNaN(value)) expect(bins[row]).toBe(missing);
      else expect(outside[bins[row] ?? missing]).toBe(0);
    });
  });

  it('never mixes a code with another value, whatever the values', () => {
    const value = fc.oneof(fc.integer({ min: -12, max: 12 }), fc.double({ min: -12, max: 12, noNaN: true }));
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 100 }),
        fc.uniqueArray(fc.integer({ min: -12, max: 12 }), { maxLength: 8 }),
        fc.integer({ min: 2, max: 40 }),
        fc.integer({ min: 1, max: 10 }),
        (drawn, specialValues, binsMax, rowsMin) => {
          const { bins, outside } = binFeature(Float64Array.from(drawn), { binsMax, rowsMin, specialValues });
          const binOfCode = new Map<number, number>();
          drawn.forEach((one, row) => {
            const bin = bins[row] ?? 0;
            expect(outside[bin]).toBe(specialValues.includes(one) ? 1 : 0);
            if (outside[bin] === 0) return;
            expect(binOfCode.get(bin) ?? one + 0).toBe(one + 0);
            binOfCode.set(bin, one + 0);
          });
        },
      ),
    );
  });

  it('bins by the rounded cuts it hands out, within its bounds', () => {
    const values = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(
        values,
        fc.integer({ min: 2, max: 40 }),
        fc.integer({ min: 1, max: 10 }),
        (drawn, binsMax, rowsMin) => {
          const { cuts, bins } = bin(drawn, binsMax, rowsMin);
          expect(cuts.length).toBeLessThan(Math.max(binsMax, 2));
          expect(cuts).toEqual([...new Set(cuts)].sort((one, other) => one - other));
          expect(bins).toEqual(drawn.map((value) => cuts.filter((cut) => cut <= value).length));
          if (cuts.length > 0) {
            for (let index = 0; index <= cuts.length; index += 1) {
              expect(bins.filter((one) => one === index).length).toBeGreaterThanOrEqual(rowsMin);
            }
          }
        },
      ),
    );
  });

  it.each<[string, number[], number[], number[]]>([
    ['above all others', [1, 2, 98], [98], [98]],
    ['below all others', [-9, 1, 2], [-9], [-9]],
    ['among the others', [1, 2, 3, 4], [2], [2]],
    ['two beside each other', [1, 96, 98, 97.5], [96, 98], [96, 98]],
    ['one that no row has', [1, 2, 3], [99], []],
  ])('gives a code a bin of its own: %s', (_, values, specialValues, met) => {
    const { bins, outside } = binFeature(Float64Array.from(values), { binsMax: 2, rowsMin: 1, specialValues });
    values.forEach((value, row) => {
      const bin = bins[row] ?? -1;
      expect(outside[bin]).toBe(met.includes(value) ? 1 : 0);
      // Nobody else stands in it.
      if (met.includes(value)) expect(values.filter((_other, place) => bins[place] === bin)).toEqual([value]);
    });
  });
});
