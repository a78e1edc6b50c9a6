import type pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { makeDecider, one, saveCustomers, silentLog, type TestDecider } from '../../test/support/decision-database.ts';
import { eventually } from '../../test/support/eventually.ts';
import { NOW_MS } from '../../test/support/policy-facts.ts';
import { inTransaction, queueDecisions } from '../db/index.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../lib/clock.ts';
import { EcsError } from '../lib/errors.ts';
import type { QueuedCustomer } from './decider.ts';
import { beginImport, createDecisionWorker, endImport, getQueueStatus } from './index.ts';

let database: TestDatabase;
let pool: pg.Pool;
let test1: TestDecider;

beforeEach(async () => {
  database = await createTestDatabase();
  pool = database.pool;
  test1 = await makeDecider(pool);
});
afterEach(() => database.drop());

const queue = (ids: readonly string[], nowMs = NOW_MS) =>
  inTransaction(pool, (tx) => queueDecisions(tx, ids, 'state_change', nowMs));
const queued = async () =>
  (await pool.query('select customer_id, version, attempts, last_error, not_before from decision_queue order by 1'))
    .rows;
const decided = async () => (await one<{ n: number }>(pool, 'select count(*) as n from decisions')).n;

type DecideMany = (customers: readonly QueuedCustomer[]) => Promise<number>;
const makeWorker = (decideMany: DecideMany = test1.decider.decideMany, batchSize = 10, lanes = 1) =>
  createDecisionWorker({
    pool,
    decider: { decideMany },
    clock: () => test1.time.nowMs,
    log: silentLog,
    batchSize,
    lanes,
    pollMs: 5,
  });

async function makeCustomers(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, index) => `c${String(index).padStart(2, '0')}`);
  await saveCustomers(
    pool,
    ids.map((customerId) => ({ customerId })),
  );
  return ids;
}

test('what is queued is decided once, in batches, and leaves the queue', async () => {
  const ids = await makeCustomers(25);
  await queue(ids);
  await queue(ids.slice(0, 5));
  expect(await makeWorker().drain()).toBe(25);
  expect(await queued()).toEqual([]);
  expect(await decided()).toBe(25);
  const { trigger } = await one<{ trigger: string }>(pool, 'select distinct trigger from decisions');
  expect(trigger).toBe('state_change');
  expect(await makeWorker().drain()).toBe(0);
});

test('a change during the decision is decided again', async () => {
  const [id = ''] = await makeCustomers(1);
  await queue([id]);
  let changes = 1;
  const worker = makeWorker(async (customers) => {
    if (changes > 0) {
      changes -= 1;
      await queue([id]);
    }
    return test1.decider.decideMany(customers);
  });
  expect(await worker.drain()).toBe(2);
  expect(await queued()).toEqual([]);
});

test('what is not due yet waits', async () => {
  await queue(await makeCustomers(1), NOW_MS + MINUTE_MS);
  expect(await makeWorker().drain()).toBe(0);
  test1.time.nowMs += MINUTE_MS;
  expect(await makeWorker().drain()).toBe(1);
});

test('a poisoned customer is found by halving, put back with a growing pause, and holds nobody up', async () => {
  const ids = await makeCustomers(16);
  await queue(ids);
  const batches: number[] = [];
  const worker = makeWorker(async (customers) => {
    batches.push(customers.length);
    if (customers.some((customer) => customer.customerId === 'c11')) throw new Error('bug: poison');
    return test1.decider.decideMany(customers);
  }, 16);
  expect(await worker.drain()).toBe(15);
  expect(batches.length).toBeLessThanOrEqual(9);
  expect(await queued()).toEqual([
    {
      customer_id: 'c11',
      version: expect.any(Number),
      attempts: 1,
      last_error: 'bug: poison',
      not_before: new Date(NOW_MS + SECOND_MS),
    },
  ]);
  test1.time.nowMs += SECOND_MS;
  expect(await worker.drain()).toBe(0);
  expect(await queued()).toMatchObject([{ attempts: 2, not_before: new Date(test1.time.nowMs + 2 * SECOND_MS) }]);
  expect(await getQueueStatus(pool, test1.time.nowMs)).toEqual({
    waiting: 1,
    due: 0,
    failing: 1,
    oldestQueuedAt: new Date(NOW_MS).toISOString(),
    lastError: 'bug: poison',
    importRunning: false,
  });
  // The pause has an end, and a change of the customer starts anew.
  await pool.query('update decision_queue set attempts = 60, not_before = $1', [new Date(NOW_MS)]);
  await worker.drain();
  expect(await queued()).toMatchObject([{ not_before: new Date(test1.time.nowMs + HOUR_MS) }]);
  await queue(['c11'], test1.time.nowMs);
  expect(await makeWorker().drain()).toBe(1);
});

test.each(['ECS_DATABASE_UNAVAILABLE', 'ECS_MODEL_INVALID'] as const)(
  '%s is nobody’s fault: it is thrown, nothing is noted, and the claim runs out',
  async (code) => {
    await queue(await makeCustomers(3));
    const worker = makeWorker(async () => {
      throw new EcsError(code, 'gone');
    });
    await expect(worker.drain()).rejects.toMatchObject({ code });
    expect((await queued()).map((row) => [row.attempts, row.last_error])).toEqual([
      [0, null],
      [0, null],
      [0, null],
    ]);
    expect(await makeWorker().drain()).toBe(0);
    test1.time.nowMs += 2 * MINUTE_MS;
    expect(await makeWorker().drain()).toBe(3);
  },
);

test('while an import runs the worker is idle; afterwards it goes on', async () => {
  await queue(await makeCustomers(3));
  const mark = { importId: '0193f000-0000-7000-8000-000000000001', inputSha256: 'aa', customers: 3 };
  await beginImport(pool, mark, NOW_MS);
  expect(await makeWorker().drain()).toBe(0);
  await endImport(pool, 'completed', NOW_MS);
  expect(await makeWorker().drain()).toBe(3);
});

test('an import that begins between claim and decision: the claim is given back', async () => {
  await queue(await makeCustomers(3));
  const mark = { importId: '0193f000-0000-7000-8000-000000000001', inputSha256: 'aa', customers: 3 };
  const worker = makeWorker(async (customers) => {
    await beginImport(pool, mark, NOW_MS);
    return test1.decider.decideMany(customers);
  });
  expect(await worker.drain()).toBe(0);
  expect((await queued()).map((row) => row.not_before)).toEqual([0, 1, 2].map(() => new Date(NOW_MS)));
});

test('several workers at once decide every customer once', async () => {
  await queue(await makeCustomers(60));
  const totals = await Promise.all([makeWorker(), makeWorker(), makeWorker()].map((worker) => worker.drain()));
  expect(totals.reduce((sum, total) => sum + total, 0)).toBe(60);
  expect(await decided()).toBe(60);
});

test('one worker in several lanes decides every customer once', async () => {
  await queue(await makeCustomers(60));
  expect(await makeWorker(undefined, 10, 3).drain()).toBe(60);
  expect(await decided()).toBe(60);
});

test('a lane that fails does not leave the other going on behind the back', async () => {
  await queue(await makeCustomers(20));
  let finished = false;
  const worker = makeWorker(
    async (customers) => {
      if (customers.some((customer) => customer.customerId === 'c00'))
        throw new EcsError('ECS_DATABASE_UNAVAILABLE', 'gone');
      const count = await test1.decider.decideMany(customers);
      finished = true;
      return count;
    },
    10,
    2,
  );
  await expect(worker.drain()).rejects.toMatchObject({ code: 'ECS_DATABASE_UNAVAILABLE' });
  expect([finished, await decided()]).toEqual([true, 10]);
});

test('started, it works by itself; stopped, it ends', async () => {
  const worker = makeWorker();
  worker.start();
  worker.start();
  await queue(await makeCustomers(12));
  await eventually(async () => expect(await decided()).toBe(12));
  await worker.stop();
  await queue(['c01']);
  expect(await queued()).toHaveLength(1);
});

test('started, it survives an outage', async () => {
  await queue(await makeCustomers(2));
  let outages = 1;
  const worker = makeWorker(async (customers) => {
    if (outages > 0) {
      outages -= 1;
      test1.time.nowMs += 2 * MINUTE_MS;
      throw new EcsError('ECS_DATABASE_UNAVAILABLE', 'gone');
    }
    return test1.decider.decideMany(customers);
  });
  worker.start();
  await eventually(async () => expect(await decided()).toBe(2));
  await worker.stop();
});
