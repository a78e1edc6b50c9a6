import fc from 'fast-check';
import { binFeature } from './bin-feature.ts';

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
