import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { makeIngest } from '../../test/support/ingest-world.ts';
import { ensureInstallation, loadInstallation } from './ensure-installation.ts';
import { loadIngestStatus } from './load-ingest-status.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const WANTED = { road: 'kafka', partitions: 12, demo: false, nowMs: Date.UTC(2026, 10, 22) } as const;

test('the first start decides, every later one gets the same', async () => {
  expect(await loadInstallation(database.pool)).toBeNull();
  const starts = await Promise.all(Array.from({ length: 5 }, () => ensureInstallation(database.pool, WANTED)));
  expect(new Set(starts.map(({ fingerprintSeed }) => fingerprintSeed)).size).toBe(1);
  expect(await ensureInstallation(database.pool, { ...WANTED, nowMs: 0, demo: true })).toEqual(starts[0]);
  expect(starts[0]).toMatchObject({
    road: 'kafka',
    partitions: 12,
    demo: false,
    createdAt: '2026-11-22T00:00:00.000Z',
  });
});

test.each([
  [{ road: 'http' }, 'ECS_ROAD_MISMATCH', 'Set KAFKA_BROKERS again'],
  [{ partitions: 6 }, 'ECS_PARTITIONS_MISMATCH', 'Set ECS_PARTITIONS=12'],
] as const)('a start with %j is refused with the way out', async (change, code, wayOut) => {
  await ensureInstallation(database.pool, WANTED);
  await expect(ensureInstallation(database.pool, { ...WANTED, ...change })).rejects.toMatchObject({
    code,
    message: expect.stringContaining(wayOut),
  });
});

test('the status tells where each partition of a group stands', async () => {
  const ingest = makeIngest(database.pool);
  await ingest.claimPartitions([
    { topic: 'ecs.thoughts.v1', partition: 1, startOffset: 7 },
    { topic: 'ecs.emotions.v1', partition: 2 },
  ]);
  const fresh = { ownerEpoch: 1, misplaced: 0, updatedAt: expect.any(String) };
  expect(await loadIngestStatus(database.pool, 'ecs')).toEqual([
    { topic: 'ecs.emotions.v1', partition: 2, nextOffset: 0, ...fresh },
    { topic: 'ecs.thoughts.v1', partition: 1, nextOffset: 7, ...fresh },
  ]);
  expect(await loadIngestStatus(database.pool, 'other')).toEqual([]);
});
