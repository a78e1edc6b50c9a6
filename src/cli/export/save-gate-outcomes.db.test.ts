// From stored decisions and outcomes to the file of the evidence gate: what it says, what an erasure leaves of it, and that
// the gate reads it.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { accept } from '../../../test/support/accepted-events.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { makeDecider, saveCustomers, saveEmotions, type TestDecider } from '../../../test/support/decision-database.ts';
import { NOW_MS } from '../../../test/support/policy-facts.ts';
import { DAY_MS } from '../../lib/clock.ts';
import { runModelGate, shippedScorecardPath } from '../../model/index.ts';
import { createOutcomeHandler } from '../../monitoring/index.ts';
import { loadGroupLabels } from './load-group-labels.ts';
import { saveGateOutcomes } from './save-gate-outcomes.ts';

const LATER_MS = NOW_MS + 70 * DAY_MS;
let database: TestDatabase;
let world: TestDecider;
let path = '';

beforeAll(async () => {
  database = await createTestDatabase();
  world = await makeDecider(database.pool);
  path = join(await mkdtemp(join(tmpdir(), 'ecs-gate-')), 'outcomes.csv');
  await saveCustomers(database.pool, [{ customerId: 'felt' }, { customerId: 'plain', payer: 'late' }]);
  await saveEmotions(database.pool, ['felt'], { valence: -0.9, stress: 0.9 });
  world.time.nowMs = NOW_MS;
  await world.decider.decideMany(
    ['felt', 'plain'].map((customerId) => ({ customerId, trigger: 'statement' as const })),
  );
  await tell('felt', true);
  await tell('plain', false);
});
afterAll(async () => {
  await rm(dirname(path), { recursive: true });
  await database.drop();
});

const tell = (subject: string, defaulted: boolean) =>
  createOutcomeHandler()(
    database.pool,
    [
      accept(
        'ecs.outcomes.v1',
        { subject, timeMs: LATER_MS },
        {
          asOf: new Date(NOW_MS).toISOString(),
          windowMonths: 1,
          defaulted,
          observedAt: new Date(LATER_MS).toISOString(),
        },
      ),
    ],
    LATER_MS,
  );

const save = (labels: ReadonlyMap<string, string> | null, nowMs = LATER_MS, to = path) =>
  saveGateOutcomes(database.pool, { path: to, windowMonths: 1, staggered: false, nowMs, labels });

async function exportRows(labels: ReadonlyMap<string, string> | null, nowMs = LATER_MS) {
  const written = await save(labels, nowMs);
  const [header = '', ...lines] = (await readFile(path, 'utf8')).trimEnd().split(/\r?\n/);
  const names = header.split(',');
  const rows = lines.map((line) =>
    Object.fromEntries(line.split(',').map((cell, place) => [names[place] ?? '', cell])),
  );
  return { written, rows };
}

test('a row says what the decision knew and what became of it', async () => {
  const { written, rows } = await exportRows(null);
  expect(written).toEqual({ path, rows: 2, defaults: 1, shared: 1, leftOut: 0 });
  const { rows: stored } = await database.pool.query<{ p: number; late: number; felt: Record<string, number> | null }>(
    `select d.probability_of_default as p, (d.record::jsonb #>> '{inputs,features,3}')::float8 as late,
       e.record::jsonb #> '{inputs,emotions}' as felt
     from decisions d left join decision_emotions e using (customer_id, decision_id) order by d.customer_id`,
  );
  rows.forEach((row, place) => {
    const { p = 0, late, felt } = stored[place] ?? {};
    expect(row).toMatchObject({
      customer_id: place === 0 ? '"felt"' : '"plain"',
      // The decision was made in November: a month later the window is over.
      month: '"2026-12"',
      window_months: '1',
      model_version: `"${world.model.modelVersion}"`,
      defaulted: place === 0 ? '1' : '0',
    });
    expect(Number(row.base_log_odds)).toBe(Math.log(p / (1 - p)));
    expect(Number(row.months_past_due)).toBe(late);
    expect(row.valence).toBe(felt === null || felt === undefined ? '' : String(felt.valence30));
    expect(row.stress).toBe(felt === null || felt === undefined ? '' : String(felt.stress30));
  });
  expect(Number(rows[1]?.months_past_due)).toBeGreaterThan(0);
});

test('while a window is open, and for a month after it, nothing is told of it', async () => {
  for (const days of [20, 40, 60]) expect((await exportRows(null, NOW_MS + days * DAY_MS)).rows).toEqual([]);
});

test('groups come from the file alone, and the gate reads the result', async () => {
  const people = join(dirname(path), 'people.csv');
  await writeFile(people, 'customer_id,band\nfelt,"under 30, or so"\n');
  const labels = await loadGroupLabels(people, 'band');
  await save(labels);
  const { verdict } = await runModelGate({
    outcomesPath: path,
    modelPath: shippedScorecardPath(),
    groupColumn: 'group',
  });
  expect(verdict.outcomes).toMatchObject({ rows: 2, defaults: 1, groups: ['under 30, or so', 'unlabelled'] });
});

test.each([
  ['customer_id,band\nfelt,\n', /line 2: column band is missing or empty/],
  ['id,band\nfelt,a\n', /line 2: column customer_id is missing or empty/],
  ['customer_id,band\nfelt,a\nfelt,b\n', /line 3: customer felt stands there twice/],
])('labels %j are refused', async (text, message) => {
  const people = join(dirname(path), 'bad.csv');
  await writeFile(people, text);
  await expect(loadGroupLabels(people, 'band')).rejects.toThrow(message);
});

test('what was felt is gone with its erasure', async () => {
  await database.pool.query('delete from decision_emotions');
  expect((await exportRows(null)).written).toMatchObject({ rows: 2, shared: 0 });
});

test('a file that cannot be written is told as one', async () => {
  const nowhere = join(path, 'nowhere.csv');
  await expect(save(null, LATER_MS, nowhere)).rejects.toMatchObject({ code: 'ECS_FILE_INVALID' });
});
