// A model anchored on stored decisions says of those very customers what became of them, whatever the decisions themselves said.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { type StoredPerson, saveLender } from '../../../test/support/stored-outcomes.ts';
import { FEATURE_NAMES } from '../../ledger/index.ts';
import { createSeededRandom } from '../../lib/seeded-random.ts';
import { sigmoid } from '../../model/base-rate.ts';
import {
  type LoadedScorecard,
  loadAnchorFile,
  loadScorecard,
  runModelAnchor,
  scoreLogOdds,
  shippedScorecardPath,
} from '../../model/index.ts';
import { loadStoredAnchor } from './load-stored-anchor.ts';

const NOW_MS = Date.UTC(2026, 0, 3);
const WINDOW_MONTHS = 12;
let database: TestDatabase;
let model: LoadedScorecard;
let people: StoredPerson[] = [];
let folder = '';

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'ecs-anchor-'));
  model = await loadScorecard(shippedScorecardPath());
  people = drawPeople();
  // Told three times over: the same default three times.
  await saveLender(database.pool, people, { windowMonths: WINDOW_MONTHS, tellings: 3 });
}, 60_000);
afterAll(async () => {
  await rm(folder, { recursive: true });
  await database.drop();
});

const scoreOf = ({ features }: Pick<StoredPerson, 'features'>, of = model) =>
  scoreLogOdds(
    of.compiled,
    Float64Array.from(features, (value) => value ?? Number.NaN),
  );

/** A lender where risk is lower than where the model learned, and differs less between customers. */
function drawPeople(): StoredPerson[] {
  const random = createSeededRandom(5);
  const places = model.artefact.features.map(({ cuts }) => cuts);
  return Array.from({ length: 6_000 }, (_, place) => {
    const features = places.map((cuts) => {
      if (random() < 0.05) return null;
      return cuts.length === 0 ? 0 : (cuts[Math.floor(random() * cuts.length)] ?? 0);
    });
    const risk = 0.6 * scoreOf({ features }) - 1.2;
    return {
      id: `p${String(place).padStart(5, '0')}`,
      asOf: new Date(Date.UTC(2024, place % 12, 2)).toISOString(),
      // Another model's, and moved to another base rate.
      pd: 0.001 + 0.5 * random(),
      features,
      defaulted: random() < sigmoid(risk),
      felt: null,
    };
  });
}

const anchor = (nowMs = NOW_MS) =>
  runModelAnchor({
    modelPath: shippedScorecardPath(),
    outPath: join(folder, 'anchored.json'),
    loadEvidence: (asked) => loadStoredAnchor(database.pool, asked, { windowMonths: WINDOW_MONTHS, nowMs }),
  });
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test('the mean probability becomes the default rate that was seen, and slope and level those of the lender', async () => {
  expect(model.artefact.features.map(({ name }) => name)).toEqual([...FEATURE_NAMES]);
  const { recalibration, modelVersion } = await anchor();
  const anchored = await loadScorecard(join(folder, 'anchored.json'));
  expect(anchored.modelVersion).toBe(modelVersion);
  const seen = mean(people.map(({ defaulted }) => (defaulted ? 1 : 0)));
  expect(mean(people.map((person) => sigmoid(scoreOf(person, anchored))))).toBeCloseTo(seen, 5);
  expect(mean(people.map((person) => sigmoid(scoreOf(person))))).toBeGreaterThan(seen + 0.05);
  expect(recalibration.outcomes).toBe(people.length);
  expect(Math.abs(recalibration.slope - 0.6)).toBeLessThan(0.1);
});

test('what the decisions said makes no difference', async () => {
  const before = await anchor();
  await database.pool.query('update decisions set probability_of_default = 0.5');
  expect((await anchor()).recalibration).toEqual(before.recalibration);
});

test('while windows are open there are too few outcomes, and that is said', async () => {
  await expect(anchor(Date.UTC(2025, 0, 1))).rejects.toThrow('0 defaults and 0 others: 200 of each are needed');
});

test('a model of another kind is refused', async () => {
  const other = { ...model, artefact: { ...model.artefact, kind: 'columns' as const, missingCodes: [] } };
  await expect(
    loadStoredAnchor(database.pool, other as LoadedScorecard, { windowMonths: WINDOW_MONTHS, nowMs: NOW_MS }),
  ).rejects.toMatchObject({ code: 'ECS_MODEL_INVALID' });
});

test('from a file of its own probabilities it comes out the same', async () => {
  const path = join(folder, 'outcomes.csv');
  const lines = people.map((person) => `${sigmoid(scoreOf(person))},${person.defaulted ? 1 : 0}`);
  await writeFile(path, `probability_of_default,defaulted\n${lines.join('\n')}\n`);
  const fromFile = await runModelAnchor({
    modelPath: shippedScorecardPath(),
    outPath: join(folder, 'from-file.json'),
    loadEvidence: () => loadAnchorFile(path),
  });
  const { outcomesSha256: _, ...stored } = (await anchor()).recalibration;
  expect(fromFile.recalibration).toMatchObject({ ...stored, slope: expect.closeTo(stored.slope, 5) });
});
