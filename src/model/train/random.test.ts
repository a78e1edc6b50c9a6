import { assignFolds, createRandom, shuffle } from './random.ts';

describe('createRandom', () => {
  it('draws the published sequence of mulberry32', () => {
    const random = createRandom(1);
    expect([0, 1, 2].map(() => random.below(4_294_967_296))).toEqual([2_693_262_067, 11_749_833, 2_265_367_787]);
  });

  it('stays below its bound and reaches every number', () => {
    const random = createRandom(7);
    const drawn = Array.from({ length: 2_000 }, () => random.below(10));
    expect(new Set(drawn)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
  });
});

describe('shuffle', () => {
  it('keeps every value', () => {
    const shuffled = shuffle([1, 2, 3, 4, 5, 6, 7, 8], createRandom(3));
    expect(shuffled).not.toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect([...shuffled].sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });
});

describe('assignFolds', () => {
  it('spreads both classes evenly', () => {
    const target = Uint8Array.from({ length: 1_000 }, (_, row) => (row % 10 === 0 ? 1 : 0));
    const folds = assignFolds(target, 5, createRandom(11));
    for (let fold = 0; fold < 5; fold += 1) {
      const rows = Array.from(folds.keys()).filter((row) => folds[row] === fold);
      expect(rows).toHaveLength(200);
      expect(rows.filter((row) => target[row] === 1)).toHaveLength(20);
    }
  });
});
