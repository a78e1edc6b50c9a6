// `ecs import` and `ecs simulate` as processes on a database of their own, without Kafka.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { cardLedgerCsv } from '../support/card-ledger-file.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type Environment, endAllEcs, runEcs, runEcsJson, spawnEcs, waitForOutput } from './support/run-ecs.ts';

// Processes start slowly on a busy machine.
jest.setTimeout(180_000);

let folder: string;
let database: TestDatabase;
let env: Environment;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ecs-import-'));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  database = await createTestDatabase();
  env = { DATABASE_URL: database.connectionString };
});
afterEach(async () => {
  await endAllEcs();
  await database.drop();
});

const HOLDERS = Array.from({ length: 20 }, (_, index) => ({
  ID: String(index + 1),
  LIMIT_BAL: String(10_000 * (index + 1)),
  // Some late, some inactive, some in full.
  PAY_0: String((index % 5) - 2),
}));

async function writeLedger(rows = HOLDERS, name = 'ledger.csv'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, cardLedgerCsv(rows));
  return path;
}

async function countCustomers(): Promise<number> {
  return (await database.pool.query('select count(*)::int as n from customers')).rows[0].n;
}

test('with --decide everybody is decided, and every decision replays; one that was changed is found', async () => {
  const path = await writeLedger();
  const result = await runEcsJson(['import', 'card-ledger', path, '--decide'], env);
  expect(result).toMatchObject({ customers: 20, decisions: 20, waiting: 0, failing: 0 });
  expect(await runEcsJson(['replay'], env)).toEqual({ replayed: 40, different: [] });
  await database.pool.query(
    `update decisions set record = replace(record, '"kind":"policy"', '"kind":"policy" ') where sequence = 2 and customer_id = 'card-3'`,
  );
  const replay = await runEcsJson(['replay'], env, 3);
  expect(replay.different).toMatchObject([{ customerId: 'card-3', same: false }]);
  const decided = await runEcsJson(['decide', 'card-1', '--dry-run'], env);
  expect(decided).toMatchObject({ customerId: 'card-1', currency: 'TWD', trigger: 'api' });
  expect(await runEcsJson(['import', 'abandon'], env)).toEqual({ abandoned: false });
  const { rows } = await database.pool.query('select decision_id from decisions where sequence = 2 limit 1');
  const told = await runEcs(['explain', rows[0].decision_id], env);
  expect(told.stdout).toMatch(/score +\d+ .*next band {2}/s);
  expect((await runEcs(['explain', 'nothing'], env)).stderr).toMatch(/no decision nothing.*\[ECS_NOT_FOUND\]/);
});

test('a bad file is refused by line and column before anything is sent', async () => {
  const path = await writeLedger([...HOLDERS, { ID: '21', LIMIT_BAL: 'plenty', PAY_0: '0' }], 'bad.csv');
  const { code, stdout, stderr } = await runEcs(['import', 'card-ledger', path, '--json'], env);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/bad\.csv: line 22: column LIMIT_BAL holds "plenty".*\[ECS_FILE_INVALID\]\n$/);
  expect(await countCustomers()).toBe(0);
});

test('while an ECS runs, its API takes the events; without --url the way in is told', async () => {
  const ecs = spawnEcs(['start', '--no-demo'], { ...env, PORT: '0' });
  const url = (await waitForOutput(ecs, /API +(http:\S+)/))[1] ?? '';
  const { token } = await runEcsJson(['keys', 'create', 'import', '--scope', 'events:write'], env);
  const path = await writeLedger();
  const refused = await runEcs(['import', 'card-ledger', path], env);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/--url and --key.*\[ECS_INGEST_LEASE_HELD\]/);
  const result = await runEcsJson(['import', 'card-ledger', path, '--url', url, '--key', token], env);
  expect(result).toMatchObject({ customers: 20, openingDecisions: 20, deadLetters: 0 });
  const simulated = await runEcs(['simulate', '--url', url, '--key', token, '--seconds', '1'], env);
  expect(simulated.stderr).toContain('--yes-invented');
  ecs.signal('SIGTERM');
  expect((await ecs.ended).code).toBe(0);
});

test('simulate: people arrive and live; they are known the second time; real customers stay out', async () => {
  const first = await runEcsJson(['simulate', '--people', '12', '--seconds', '1', '--rate', '40'], env);
  expect(first).toMatchObject({ people: 12, known: 0 });
  expect(first.events).toBeGreaterThan(0);
  expect(await countCustomers()).toBe(12);
  const second = await runEcsJson(['simulate', '--people', '12', '--seconds', '0.2'], env);
  expect(second).toMatchObject({ people: 12, known: 12, pastEvents: 0 });
  const refused = await runEcs(['import', 'card-ledger', await writeLedger()], env);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('--into-demo');
});

test('simulate: Ctrl-C ends it in order, with its result', async () => {
  const ecs = spawnEcs(['simulate', '--people', '3', '--json'], env);
  await waitForOutput(ecs, /3 invented people/);
  ecs.signal('SIGINT');
  const { code, stdout } = await ecs.ended;
  expect(code).toBe(0);
  // How many had arrived by then is the machine's matter.
  expect(JSON.parse(stdout)).toMatchObject({ known: 0, seconds: expect.any(Number) });
});
