import { finishTable } from './finish-table.ts';

const feature = (values: readonly number[], cuts: readonly number[]) => ({
  cuts: Float64Array.from(cuts),
  bins: Uint8Array.from(values),
});
const UP = { name: 'late', monotone: 'up' } as const;

describe('finishTable', () => {
  it('centres on the rows and hands the mean to the intercept', () => {
    const { table, meanLogOdds } = finishTable(UP, feature([0, 0, 0, 1], [0.5]), Float64Array.of(1, 3, 0), 0);
    expect(meanLogOdds).toBeCloseTo(1.5, 12);
    expect(table).toMatchObject({ cuts: [0.5], logOdds: [-0.5, 1.5], rows: [3, 1], missingLogOdds: 0, missingRows: 0 });
  });

  it('keeps what was learned of missing values, rows and all', () => {
    const { table } = finishTable(UP, feature([0, 1, 2, 2], [0.5]), Float64Array.of(-1, 1, 2), 0);
    expect(table).toMatchObject({ logOdds: [-2, 0], missingLogOdds: 1, missingRows: 2 });
  });

  it('merges neighbours that say the same, weighted by their rows', () => {
    const bins = [0, 1, 1, 1, 2, 2, 2, 2];
    const { table } = finishTable(UP, feature(bins, [1, 2]), Float64Array.of(0, 0.008, 1, 0), 0.01);
    expect(table.cuts).toEqual([2]);
    expect(table.rows).toEqual([4, 4]);
    expect((table.logOdds[1] ?? 0) - (table.logOdds[0] ?? 0)).toBeCloseTo(1 - 0.006, 4);
  });

  it('calls an unseen missing value average, and never good', () => {
    const down = finishTable({ name: 'paid', monotone: 'down' }, feature([0, 1], [0.5]), Float64Array.of(4, 0, 0), 0);
    expect(down.table.missingLogOdds).toBe(0);
  });

  it.each([
    ['below the average', 1, -0.1],
    ['above the average', 2, 0],
  ])('lets nothing-bad-seen cost no more than the first bad value, here %s', (_, missingAtMostLike, expected) => {
    const spec = { ...UP, missingAtMostLike };
    const { table } = finishTable(spec, feature([0, 1, 2], [0.5, 1.5]), Float64Array.of(-0.2, -0.1, 0.3, 0), 0);
    expect(table.logOdds).toEqual([-0.2, -0.1, 0.3]);
    expect(table.missingLogOdds).toBe(expected);
  });
});
