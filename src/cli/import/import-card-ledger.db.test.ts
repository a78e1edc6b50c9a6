import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CardLedgerFields, cardLedgerCsv } from '../../../test/support/card-ledger-file.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { loadConfig } from '../../config.ts';
import { DAY_MS } from '../../lib/clock.ts';
import { makeId } from '../../lib/ids.ts';
import { createLog } from '../../lib/log.ts';
import { openSystem, type System } from '../../open-system.ts';
import { openEventDoor } from '../open-event-door.ts';
import { type ImportDeps, importCardLedger } from './import-card-ledger.ts';
import type { CardLedgerOrder } from './import-mark-of.ts';

let folder: string;
let database: TestDatabase;
let system: System;
let nowMs: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ecs-import-'));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  database = await createTestDatabase();
  const config = loadConfig({ DATABASE_URL: database.connectionString, ECS_PARTITIONS: '3' });
  system = await openSystem(config, createLog('silent'), { migrate: false });
  nowMs = Date.now() - 40 * DAY_MS;
});
afterEach(async () => {
  await system.close();
  await database.drop();
});

const HOLDERS: CardLedgerFields[] = Array.from({ length: 1_100 }, (_, index) => ({
  ID: String(index + 1),
  LIMIT_BAL: String(10_000 * (1 + (index % 50))),
  PAY_0: String((index % 5) - 2),
}));

async function order(rows = HOLDERS, changes: Partial<CardLedgerOrder> = {}): Promise<CardLedgerOrder> {
  const path = join(folder, 'ledger.csv');
  await writeFile(path, cardLedgerCsv(rows));
  return { path, prefix: 'card-', currency: 'TWD', asOfMs: null, ...changes };
}

const run = (wanted: CardLedgerOrder, changes: Partial<ImportDeps> = {}) =>
  importCardLedger(
    {
      system,
      openDoor: () => openEventDoor({ system, kafka: null, url: undefined, key: undefined, demo: false }),
      clock: () => nowMs,
      makeId,
      check: () => {},
      onProgress: () => {},
      onBegun: () => {},
      ...changes,
    },
    wanted,
  );

/** Everything the import leaves behind, as one value. */
async function loadPicture() {
  const { rows } = await database.pool.query(`
    select (select count(*)::int from customers) as customers, (select count(*)::int from transactions) as transactions,
      (select count(*)::int from statements) as statements, (select count(*)::int from decisions) as decisions,
      (select count(*)::int from decision_queue) as queued, (select count(*)::int from dead_letters) as dead,
      (select md5(string_agg(customer_id || closed_at || balance_minor || standing || limit_minor, ',' order by customer_id, closed_at))
         from statements) as contents`);
  return rows[0];
}

/** Fails at the first progress line that matches: what was sent until then stays. */
const cutOffAt = (pattern: RegExp): Partial<ImportDeps> => ({
  onProgress: (line) => {
    if (pattern.test(line)) throw new Error('cut off');
  },
});

test('customers, statements, transactions and opening decisions; again, months later, nothing changes', async () => {
  const wanted = await order();
  const first = await run(wanted);
  expect(first).toMatchObject({ customers: 1_100, openingDecisions: 1_100, deadLetters: 0 });
  const picture = await loadPicture();
  expect(picture).toMatchObject({ customers: 1_100, statements: 6_600, decisions: 1_100, queued: 1_100, dead: 0 });
  const { rows } = await database.pool.query(
    `select limit_minor, financial_limit_minor from credit_accounts where customer_id = 'card-7'`,
  );
  expect(rows).toEqual([{ limit_minor: 7_000_000, financial_limit_minor: 7_000_000 }]);
  nowMs += 35 * DAY_MS;
  const second = await run(wanted);
  expect(second).toMatchObject({ asOf: first.asOf, events: first.events, openingDecisions: 0, deadLetters: 0 });
  expect(await loadPicture()).toEqual(picture);
});

test.each([
  ['sending', /sending.*: 1000 of/],
  ['opening accounts', /opening accounts: 1000 of/],
])('cut off while %s: nothing is decided, the next run goes on, even in another month', async (_what, pattern) => {
  const wanted = await order();
  await expect(run(wanted, cutOffAt(pattern))).rejects.toThrow('cut off');
  await expect(system.decider.decideMany([{ customerId: 'card-1', trigger: 'statement' }])).rejects.toMatchObject({
    code: 'ECS_IMPORT_RUNNING',
  });
  nowMs += 35 * DAY_MS;
  expect(await run(wanted)).toMatchObject({ customers: 1_100, deadLetters: 0 });
  const resumed = await loadPicture();
  expect(resumed).toMatchObject({ customers: 1_100, statements: 6_600, decisions: 1_100, queued: 1_100, dead: 0 });
  await expect(system.decider.decideMany([{ customerId: 'card-1', trigger: 'statement' }])).resolves.toBe(1);
});

test('another file, or the same one read otherwise, waits for the one that was cut off', async () => {
  const wanted = await order(HOLDERS.slice(0, 20));
  await expect(run(wanted, cutOffAt(/opening/))).rejects.toThrow('cut off');
  await expect(run({ ...wanted, prefix: 'other-' })).rejects.toMatchObject({ code: 'ECS_IMPORT_RUNNING' });
  await expect(run(await order(HOLDERS.slice(1, 20)))).rejects.toMatchObject({ code: 'ECS_IMPORT_RUNNING' });
});

test('limits that are there already are left alone', async () => {
  await run(await order(HOLDERS.slice(0, 10), { asOfMs: Date.UTC(2026, 0, 1) }));
  const raised = HOLDERS.slice(0, 12).map((row) => ({ ...row, LIMIT_BAL: '990000' }));
  expect(await run(await order(raised, { asOfMs: Date.UTC(2025, 0, 1) }))).toMatchObject({ openingDecisions: 2 });
});

test('what contradicts the customers that are there is counted as dead letters', async () => {
  await run(await order(HOLDERS.slice(0, 10), { asOfMs: Date.UTC(2026, 0, 1) }));
  const changed = HOLDERS.slice(0, 10).map((row) => (row.ID === '5' ? { ...row, BILL_AMT1: '999' } : row));
  const result = await run(await order(changed, { asOfMs: Date.UTC(2026, 0, 1) }));
  expect(result.deadLetters).toBe(1);
});

test('a bad file leaves no mark and opens no door', async () => {
  const wanted = await order([...HOLDERS.slice(0, 5), { ID: '6', PAY_3: 'x' }]);
  let opened = false;
  const openDoor = async () => {
    opened = true;
    throw new Error('the door was asked for');
  };
  await expect(run(wanted, { openDoor })).rejects.toThrow('line 7: column PAY_3');
  expect(opened).toBe(false);
  expect((await database.pool.query('select from imports')).rowCount).toBe(0);
});

test('a file that changes under the import is found out, and the import stays open', async () => {
  const wanted = await order(HOLDERS.slice(0, 30));
  const changing = run(wanted, { onBegun: () => void order(HOLDERS.slice(0, 31)) });
  await expect(changing).rejects.toMatchObject({ code: 'ECS_FILE_INVALID' });
  expect((await database.pool.query(`select from imports where state = 'running'`)).rowCount).toBe(1);
});
