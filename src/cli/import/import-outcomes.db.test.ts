import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { addCustomer } from '../../../test/support/ledger-rows.ts';
import { loadConfig } from '../../config.ts';
import { createLog } from '../../lib/log.ts';
import { openSystem, type System } from '../../open-system.ts';
import { openEventDoor } from '../open-event-door.ts';
import { importOutcomes } from './import-outcomes.ts';

const HEAD = 'customer_id,as_of,window_months,defaulted,observed_at';
let folder: string;
let database: TestDatabase;
let system: System;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ecs-outcomes-'));
  database = await createTestDatabase();
  const config = loadConfig({ DATABASE_URL: database.connectionString, ECS_PARTITIONS: '3' });
  system = await openSystem(config, createLog('silent'), { migrate: false });
});
afterAll(async () => {
  await system.close();
  await database.drop();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  await database.pool.query('truncate customers, dead_letters, outbox_events cascade');
  await addCustomer(database.pool, 'a');
  await addCustomer(database.pool, 'b');
});

async function run(rows: readonly string[], head = HEAD, source = 'urn:t') {
  const path = join(folder, 'outcomes.csv');
  await writeFile(path, [head, ...rows].map((line) => `${line}\n`).join(''));
  const openDoor = () => openEventDoor({ system, kafka: null, url: undefined, key: undefined, demo: false });
  const deps = { pool: system.pool, openDoor, clock: Date.now, check: () => {}, onProgress: () => {} };
  return importOutcomes(deps, { path, source });
}

async function loadOutcomes() {
  const { rows } = await database.pool.query(
    "select customer_id || ' ' || window_months || ' ' || defaulted as told from outcomes order by 1",
  );
  return rows.map((row) => row.told);
}
const countReports = async () =>
  (await database.pool.query('select count(*)::int as n from outcome_reports')).rows[0].n;

const GOOD = 'a,2025-01-31,1,0,2025-02-28';
const BAD = 'b,2025-01-01,12,true,2025-03-05';

test('rows become outcomes; the same rows again, beside new ones, are repeats', async () => {
  expect(await run([GOOD, BAD])).toEqual({ outcomes: 2, defaults: 1, deadLetters: 0 });
  expect(await loadOutcomes()).toEqual(['a 1 false', 'b 12 true']);
  expect(await run([GOOD, BAD, 'a,2025-02-01,1,false,2025-03-01'])).toMatchObject({ outcomes: 3, deadLetters: 0 });
  expect(await countReports()).toBe(3);
});

test('a correction is observed later; one of the same day is refused and told', async () => {
  await run([GOOD, BAD]);
  expect(await run(['b,2025-01-01,12,0,2026-01-02'])).toMatchObject({ deadLetters: 0 });
  expect(await run(['a,2025-01-31,1,1,2025-02-28', 'nobody,2025-01-01,1,1,2025-01-02'])).toMatchObject({
    deadLetters: 2,
  });
  expect(await loadOutcomes()).toEqual(['a 1 false', 'b 12 false']);
});

test.each<[string, string, RegExp]>([
  [
    'a good outcome before its window is over',
    'a,2025-01-31,1,0,2025-02-27',
    /line 3: column observed_at .* can still come/,
  ],
  ['observed before', 'a,2025-01-31,1,1,2025-01-30', /line 3: column observed_at/],
  ['observed tomorrow', 'a,2025-01-31,1,1,2999-01-01', /line 3: column observed_at/],
  ['no day', 'a,2025-02-30,1,1,2025-03-01', /line 3: column as_of holds "2025-02-30"/],
  ['a long window', 'a,2025-01-31,61,1,2025-03-01', /line 3: column window_months/],
  ['neither yes nor no', 'a,2025-01-31,1,perhaps,2025-03-01', /line 3: column defaulted holds "perhaps"/],
  ['no customer', ',2025-01-31,1,1,2025-03-01', /line 3: column customer_id/],
  ['the same thing twice', BAD, /line 3: says again what line 2 is about/],
])('%s: the file is refused as a whole', async (_, row, message) => {
  await expect(run([BAD, row])).rejects.toMatchObject({
    code: 'ECS_FILE_INVALID',
    message: expect.stringMatching(message),
  });
  expect(await countReports()).toBe(0);
});

test('a header without a column, an empty file, and no file at all are refused by name', async () => {
  await expect(run([GOOD], HEAD.replace('as_of', 'from'))).rejects.toThrow(
    /outcomes\.csv: line 1: column as_of is missing/,
  );
  await expect(run([])).rejects.toThrow(/holds no rows/);
  const gone = importOutcomes(
    {
      pool: system.pool,
      openDoor: () => Promise.reject(new Error('bug')),
      clock: Date.now,
      check: () => {},
      onProgress: () => {},
    },
    { path: join(folder, 'gone.csv'), source: 'urn:t' },
  );
  await expect(gone).rejects.toMatchObject({ code: 'ECS_FILE_INVALID' });
});
