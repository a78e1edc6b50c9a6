import { createSeededRandom } from '../lib/seeded-random.ts';
import { type LoadedScorecard, loadScorecard, shippedScorecardPath } from '../model/index.ts';
import { reportDrift, type StoredFeatures } from './drift-report.ts';
import { logOddsOf } from './score-features.ts';
import { worstOf } from './verdict.ts';

/** The shipped one, as if it did not tell the scores of its training: those drawn here are of customers nobody was. */
let model: LoadedScorecard;
beforeAll(async () => {
  const shipped = await loadScorecard(shippedScorecardPath());
  const { scoreBins: _, ...training } = shipped.artefact.training;
  model = { ...shipped, artefact: { ...shipped.artefact, training } };
});

/** Customers as those of training, each feature drawn by itself; `changed` says what has become of one of them. */
function drawCustomers(count: number, seed: number, changed: Readonly<Record<string, number | null>> = {}) {
  const random = createSeededRandom(seed);
  const tables = model.artefact.features;
  return Array.from(
    { length: count },
    (): StoredFeatures =>
      tables.map((table) => {
        if (changed[table.name] !== undefined && random() < 0.5) return changed[table.name] ?? null;
        const rows = [...table.rows, table.missingRows];
        let left = random() * rows.reduce((sum, one) => sum + one, 0);
        const bin = rows.findIndex((one) => {
          left -= one;
          return left < 0;
        });
        if (bin === table.rows.length) return null;
        return bin === 0 ? (table.cuts[0] ?? 1) - 1 : (table.cuts[bin - 1] ?? 0);
      }),
  );
}

test('customers as those of training: nothing has moved', () => {
  const report = reportDrift({ model, recent: drawCustomers(3_000, 1), first: null });
  expect(report).toMatchObject({ verdict: 'stable', customers: 3_000, scoreReference: null, score: null });
  expect(report.features.map((line) => line.name)).toEqual(model.artefact.features.map((table) => table.name));
  expect(report.features.filter((line) => line.verdict !== 'stable')).toEqual([]);
});

test('what has moved is named, and only that; missing values are a movement too', () => {
  const recent = drawCustomers(3_000, 2, { utilisation_latest: 5, payment_ratio_mean: null });
  const report = reportDrift({ model, recent, first: null });
  expect(report.verdict).toBe('act');
  const moved = report.features.filter((line) => line.verdict !== 'stable').map((line) => [line.name, line.verdict]);
  expect(moved).toEqual([
    ['utilisation_latest', 'act'],
    ['payment_ratio_mean', 'act'],
  ]);
});

test('forty customers are too few, nobody at all is no error', () => {
  expect(reportDrift({ model, recent: drawCustomers(40, 3), first: null }).verdict).toBe('too_few');
  expect(reportDrift({ model, recent: [], first: null })).toMatchObject({ verdict: 'too_few', customers: 0 });
});

test('the score is held against the first decisions where the artefact does not tell its training', () => {
  const first = drawCustomers(2_000, 4);
  const same = reportDrift({ model, recent: drawCustomers(2_000, 5), first });
  expect(same).toMatchObject({ scoreReference: 'first_decisions', score: { name: 'score', verdict: 'stable' } });
  const worse = drawCustomers(2_000, 6, { status_latest: 4, worst_months_past_due: 4 });
  expect(reportDrift({ model, recent: worse, first }).score?.verdict).toBe('act');
});

test("the score is held against the artefact's own account of training where it has one", () => {
  const scores = drawCustomers(4_000, 7).map((features) => logOddsOf(model.compiled, features));
  const cuts = [-3, -2.5, -2, -1.5, -1];
  const rows = [Number.NEGATIVE_INFINITY, ...cuts].map(
    (low, bin) => scores.filter((one) => one >= low && one < (cuts[bin] ?? Number.POSITIVE_INFINITY)).length,
  );
  const training = { ...model.artefact.training, scoreBins: { cuts, rows } };
  const told = { ...model, artefact: { ...model.artefact, training } };
  const recent = drawCustomers(2_000, 8);
  const report = reportDrift({ model: told, recent, first: drawCustomers(10, 9) });
  expect(report).toMatchObject({ scoreReference: 'training', score: { verdict: 'stable', referenceRows: 4_000 } });
});

test.each([
  [['stable', 'act', 'watch'], 'act'],
  [['too_few', 'stable'], 'stable'],
  [['too_few', 'watch'], 'watch'],
  [['too_few'], 'too_few'],
  [[], 'too_few'],
] as const)('of %j the gravest is %s', (verdicts, worst) => {
  expect(worstOf(verdicts)).toBe(worst);
});
