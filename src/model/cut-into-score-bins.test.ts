import fc from 'fast-check';
import { cutIntoScoreBins } from './cut-into-score-bins.ts';

describe('cutIntoScoreBins', () => {
  it('makes twenty bins of equal count where scores differ', () => {
    const bins = cutIntoScoreBins(Float64Array.from({ length: 2_000 }, (_, place) => (1_999 - place) / 100));
    expect(bins.cuts).toHaveLength(19);
    expect(bins.rows).toEqual(Array.from({ length: 20 }, () => 100));
  });

  it('holds every row exactly once, whatever the scores are', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 1, maxLength: 300 }), (tenths) => {
        const logOdds = Float64Array.from(tenths, (value) => value / 10);
        const { cuts, rows } = cutIntoScoreBins(logOdds);
        const counted = Array.from({ length: cuts.length + 1 }, () => 0);
        for (const value of logOdds) {
          const bin = cuts.filter((cut) => value >= cut).length;
          counted[bin] = (counted[bin] ?? 0) + 1;
        }
        expect(rows).toEqual(counted);
        expect(rows.every((count) => count > 0)).toBe(true);
        expect(cuts).toEqual([...new Set(cuts)].sort((one, other) => one - other));
      }),
    );
  });
});
