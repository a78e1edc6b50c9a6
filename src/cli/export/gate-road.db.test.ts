// The whole road of the evidence gate at a lender who watches customers for a year: from what is stored to a file, from the
// file to a verdict, and from two people to decisions that may listen. Outcomes are told month after month, so that the same
// default is in many windows.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { inTransaction } from '../../db/index.ts';
import { DAY_MS } from '../../lib/clock.ts';
import {
  approveVerdict,
  EMOTION_BLOCK,
  type EmotionInputs,
  hashEmotionBlock,
  loadVerdictInForce,
  loadVerdictsOf,
  permitsEmotion,
  registerVerdict,
  runModelGate,
  shippedScorecardPath,
} from '../../model/index.ts';
import { drawHistory } from '../simulate/truth/draw-history.ts';
import { SCENARIOS } from '../simulate/truth/scenario.ts';
import { saveGateOutcomes } from './save-gate-outcomes.ts';

const MONTHS = 12;
const WINDOW_MONTHS = 12;
/** Each window told again a month and two months later. */
const TELLINGS = 3;
const FIRST_YEAR = 2024;
const NOW_MS = Date.UTC(FIRST_YEAR + 2, 0, 3);
const ANA = { name: 'key:ana', holder: 'key:ana' };
const BEN = { name: 'key:ben', holder: 'key:ben' };

interface Person {
  readonly id: string;
  readonly as_of: string;
  readonly pd: number;
  readonly late: number;
  readonly defaulted: boolean;
  readonly felt: EmotionInputs | null;
}

let database: TestDatabase;
let path = '';
const labels = new Map<string, string>();
beforeAll(async () => {
  database = await createTestDatabase();
  path = join(await mkdtemp(join(tmpdir(), 'ecs-gate-road-')), 'outcomes.csv');
  await saveLender(database.pool, drawPeople());
}, 120_000);
afterAll(async () => {
  await rm(dirname(path), { recursive: true });
  await database.drop();
});

/** A world in which feelings tell much, so that a year is enough. */
function drawPeople(): Person[] {
  const felt: (EmotionInputs | null)[] = [];
  const onRow = (features: EmotionInputs | null) => felt.push(features === null ? null : { ...features });
  const scenario = { ...SCENARIOS.psychometric, defaultsAMonth: 80 };
  const history = drawHistory(scenario, 1, { months: MONTHS, firstMonth: 12 * FIRST_YEAR, onRow });
  const perMonth = history.base.length / MONTHS;
  return Array.from(history.base, (base, row) => {
    labels.set(`p${row}`, history.groups?.[history.group[row] ?? 0] ?? '');
    return {
      id: `p${row}`,
      as_of: new Date(Date.UTC(FIRST_YEAR, Math.floor(row / perMonth), 2 + (row % 20))).toISOString(),
      pd: 1 / (1 + Math.exp(-base)),
      late: history.late[row] ?? 0,
      defaulted: history.defaulted[row] === 1,
      felt: felt[row] ?? null,
    };
  });
}

async function saveLender(pool: pg.Pool, people: readonly Person[]): Promise<void> {
  await pool.query(
    'create unlogged table people (id text, as_of timestamptz, pd float8, late int, defaulted bool, felt jsonb)',
  );
  await pool.query('insert into people select * from jsonb_populate_recordset(null::people, $1)', [
    JSON.stringify(people),
  ]);
  await pool.query(`insert into customers (customer_id, currency, created_at) select id, 'EUR', as_of from people`);
  await pool.query(
    `insert into decisions (customer_id, decision_id, sequence, decided_at, trigger, outcome, currency, limit_minor,
       limit_without_emotion_minor, probability_of_default, reasons, requested_by, model_version, record, record_sha256, chain_link)
     select id, gen_random_uuid(), 1, as_of, 'statement', 'keep', 'EUR', 0, 0, pd, '{}', 'ecs', 'm',
       jsonb_build_object('inputs', jsonb_build_object('features', jsonb_build_array(0, 0, 0, late)),
         'result', jsonb_build_object('judged', true)), '', ''
     from people`,
  );
  await pool.query(
    `insert into decision_emotions select id, decision_id, jsonb_build_object('inputs', jsonb_build_object('emotions', felt))
     from people join decisions on customer_id = id where felt <> 'null'`,
  );
  await pool.query(
    `insert into outcome_reports
     select id, 'lender', 'r' || n, as_of + make_interval(months => n), $1, defaulted, now(), now(), now()
     from people cross join generate_series(0, $2) n`,
    [WINDOW_MONTHS, TELLINGS - 1],
  );
  await pool.query(
    `insert into outcomes
     select r.customer_id, r.as_of, window_months, defaulted, observed_at, occurred_at, source, report_id, decision_id, 'm'
     from outcome_reports r join decisions using (customer_id)`,
  );
}

const writeFile = (windowMonths = WINDOW_MONTHS) =>
  saveGateOutcomes(database.pool, { path, windowMonths, staggered: false, nowMs: NOW_MS, labels });
const ask = () =>
  runModelGate({
    outcomesPath: path,
    modelPath: shippedScorecardPath(),
    groupColumn: 'group',
    loadEarlier: (block) => loadVerdictsOf(database.pool, block),
  });

test('a lender with windows of twelve months opens the gate, and it is open then', async () => {
  const written = await writeFile();
  expect(written).toMatchObject({ rows: labels.size });
  expect(written.leftOut).toBeGreaterThan(labels.size);
  const { verdict, verdictSha256 } = await ask();
  expect(verdict).toMatchObject({ state: 'open', claimsBefore: 0 });
  expect(verdict.outcomes).toMatchObject({ firstMonth: '2025-01', lastMonth: '2025-12', modelVersions: ['m'] });
  await inTransaction(database.pool, (tx) => registerVerdict(tx, verdict, ANA, NOW_MS));
  await inTransaction(database.pool, (tx) => approveVerdict(tx, verdictSha256, BEN, NOW_MS));
  const block = hashEmotionBlock(EMOTION_BLOCK);
  expect(permitsEmotion(await loadVerdictInForce(database.pool, block), block, NOW_MS + 60 * DAY_MS)).toBe(true);
}, 60_000);

test('asked again it goes on; with months left out it has spent a claim and must say so', async () => {
  await writeFile();
  expect((await ask()).verdict.claimsBefore).toBe(0);
  await database.pool.query(`delete from outcomes where as_of < '2024-03-01'`);
  await writeFile();
  const { verdict } = await ask();
  expect(verdict.claimsBefore).toBeGreaterThanOrEqual(1);
  const unsaid = (await runModelGate({ outcomesPath: path, modelPath: shippedScorecardPath(), groupColumn: 'group' }))
    .verdict;
  await expect(inTransaction(database.pool, (tx) => registerVerdict(tx, unsaid, ANA, NOW_MS))).rejects.toMatchObject({
    code: 'ECS_CONFLICT',
    message: expect.stringContaining('ask the gate again'),
  });
}, 60_000);
