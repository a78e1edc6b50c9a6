import type pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import {
  countReadings,
  letIn,
  loadStoredDeadLetters,
  makeEvent,
  makeIngest,
  toBytes,
} from '../../test/support/ingest-world.ts';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../lib/clock.ts';
import type { IncomingRecord } from './incoming.ts';
import { loadBatchTime } from './load-batch-time.ts';

let database: TestDatabase;
let pool: pg.Pool;

beforeEach(async () => {
  database = await createTestDatabase();
  pool = database.pool;
});
afterEach(() => database.drop());

const record = (acceptedAtMs: number): IncomingRecord => ({ offset: 0, value: null, headers: {}, acceptedAtMs });

test('our own clock, without a question, where no record is ahead of it', async () => {
  const nobody = { query: () => Promise.reject(new Error('asked')) };
  expect(await loadBatchTime(nobody as never, [record(5_000), record(30_000)], 10_000)).toBe(10_000);
});

test.each([
  ['a clock that lies behind', -DAY_MS, 0],
  ['a record from the future', 0, 30 * DAY_MS],
  ['both', -HOUR_MS, DAY_MS],
])('%s: the time of the database', async (_, clockMs, recordMs) => {
  const told = await loadBatchTime(pool, [record(Date.now() + recordMs)], Date.now() + clockMs);
  expect(Math.abs(told - Date.now())).toBeLessThan(30 * SECOND_MS);
});

test('a clock ahead of all is kept: record times bound what it may do', async () => {
  const ahead = Date.now() + DAY_MS;
  expect(await loadBatchTime(pool, [record(Date.now())], ahead)).toBe(ahead);
});

test.each([-DAY_MS, -HOUR_MS, HOUR_MS, DAY_MS])(
  'a process whose clock is %d ms off counts all the same',
  async (offMs) => {
    const customer = 'customer-1';
    await letIn(pool, [customer]);
    const ingest = makeIngest(pool, { partitions: 1, clock: () => Date.now() + offMs });
    const { ownerEpoch } = await ingest.claimPartition('ecs.emotions.v1', 0);
    const value = toBytes(makeEvent('ecs.emotions.v1', { subject: customer, id: 'felt' }));
    const records = [{ offset: 0, value, headers: {}, acceptedAtMs: Date.now() }];
    await ingest.ingestBatch(
      { topic: 'ecs.emotions.v1', partition: 0, fetchedFrom: 0, nextOffset: 1, records },
      ownerEpoch,
    );
    expect(await loadStoredDeadLetters(pool)).toEqual([]);
    expect(await countReadings(pool)).toEqual({ [customer]: 1 });
  },
);
