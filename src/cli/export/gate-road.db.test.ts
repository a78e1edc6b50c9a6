// The whole road of the evidence gate at a lender who watches customers for a year: from what is stored to a file, from the
// file to a verdict, and from two people to decisions that may listen. Outcomes are told month after month, so that the same
// default is in many windows.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { type StoredPerson, saveLender } from '../../../test/support/stored-outcomes.ts';
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
/** The last windows ended in December, and a month has passed for telling. */
const NOW_MS = Date.UTC(FIRST_YEAR + 2, 0, 31);
const ANA = { name: 'key:ana', holder: 'key:ana' };
const BEN = { name: 'key:ben', holder: 'key:ben' };

let database: TestDatabase;
let path = '';
const labels = new Map<string, string>();
beforeAll(async () => {
  database = await createTestDatabase();
  path = join(await mkdtemp(join(tmpdir(), 'ecs-gate-road-')), 'outcomes.csv');
  await saveLender(database.pool, drawPeople(), { windowMonths: WINDOW_MONTHS, tellings: TELLINGS });
}, 120_000);
afterAll(async () => {
  await rm(dirname(path), { recursive: true });
  await database.drop();
});

/** A world in which feelings tell much, so that a year is enough. */
function drawPeople(): StoredPerson[] {
  const felt: (EmotionInputs | null)[] = [];
  const onRow = (features: EmotionInputs | null) => felt.push(features === null ? null : { ...features });
  const scenario = { ...SCENARIOS.psychometric, defaultsAMonth: 80 };
  const history = drawHistory(scenario, 1, { months: MONTHS, firstMonth: 12 * FIRST_YEAR, onRow });
  const perMonth = history.base.length / MONTHS;
  return Array.from(history.base, (base, row) => {
    labels.set(`p${row}`, history.groups?.[history.group[row] ?? 0] ?? '');
    return {
      id: `p${row}`,
      asOf: new Date(Date.UTC(FIRST_YEAR, Math.floor(row / perMonth), 2 + (row % 20))).toISOString(),
      pd: 1 / (1 + Math.exp(-base)),
      features: [0, 0, 0, history.late[row] ?? 0],
      defaulted: history.defaulted[row] === 1,
      felt: felt[row] ?? null,
    };
  });
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
  expect(permitsEmotion(await loadVerdictInForce(database.pool, block), block, NOW_MS + 50 * DAY_MS)).toBe(true);
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
