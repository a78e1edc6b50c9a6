import { parseTrainingSpec } from '../training-spec.ts';
import { type BinnedFeature, binFeature } from './bin-feature.ts';
import { boostBag } from './boost-bag.ts';
import { assignFolds, createRandom } from './random.ts';
import { teachLabels } from './teach-labels.ts';

const ROWS = 600;
const FOLDS = 3;
// One round: how many there are is chosen by all held-out rows together, and that is not what is looked at here.
const { settings } = parseTrainingSpec(
  { target: 'y', settings: { folds: FOLDS, roundsMax: 1, teacher: { depth: 3, share: 0.7 } } },
  'test',
);

function makeRows() {
  const random = createRandom(3);
  const draw = () => Float64Array.from({ length: ROWS }, () => random.below(1_000) / 1_000);
  const [one, other] = [draw(), draw()];
  const features: BinnedFeature[] = [one, other].map((values) => binFeature(values, { binsMax: 16, rowsMin: 5 }));
  const target = Uint8Array.from(one, (value, row) =>
    random.below(100) < 15 + 60 * value * (other[row] ?? 0) ? 1 : 0,
  );
  return { features, target, folds: assignFolds(target, FOLDS, random) };
}

const rows = makeRows();
const runInTurn = async (inputs: readonly Parameters<typeof boostBag>[0][]) => inputs.map(boostBag);
const teach = async (target: Uint8Array, own = settings) =>
  teachLabels({ features: rows.features, target, settings: own }, rows.folds, createRandom(9), runInTurn);

describe('teachLabels', () => {
  it('gives every bag labels between a row’s outcome and what is said of it, for all rows but its own', async () => {
    const labels = (await teach(rows.target)) ?? [];
    expect(labels).toHaveLength(FOLDS);
    labels.forEach((own, fold) => {
      own.forEach((label, row) => {
        if (rows.folds[row] === fold) return;
        const outcome = rows.target[row] ?? 0;
        expect(Math.abs(label - outcome)).toBeGreaterThan(0);
        expect(Math.abs(label - outcome)).toBeLessThan(0.7);
      });
    });
  });

  it('never lets a bag learn from the outcomes of the fold that judges it', async () => {
    for (let fold = 0; fold < FOLDS; fold += 1) {
      const flipped = rows.target.map((outcome, row) => (rows.folds[row] === fold ? 1 - outcome : outcome));
      const [before, after] = [(await teach(rows.target))?.[fold], (await teach(flipped))?.[fold]];
      const others = [...rows.folds.keys()].filter((row) => rows.folds[row] !== fold);
      expect(others.map((row) => after?.[row])).toEqual(others.map((row) => before?.[row]));
      // It does let the others: the check can tell.
      const elsewhere = (fold + 1) % FOLDS;
      expect(others.some((row) => rows.folds[row] !== elsewhere)).toBe(true);
      expect((await teach(flipped))?.[elsewhere]).not.toEqual((await teach(rows.target))?.[elsewhere]);
    }
  });

  it('says nothing where the settings name no teacher', async () => {
    const { teacher: _, ...alone } = settings;
    expect(await teach(rows.target, alone)).toBeUndefined();
  });
});
