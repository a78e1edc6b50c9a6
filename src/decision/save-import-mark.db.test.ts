import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { makeId } from '../lib/ids.ts';
import { beginImport, endImport, loadFirstImport, loadRunningImport } from './save-import-mark.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
});

const begin = (inputSha256: string, nowMs = Date.UTC(2026, 10, 22)) =>
  beginImport(database.pool, { importId: makeId(), inputSha256, customers: 3 }, nowMs);

test('one import at a time; the same file goes on, another is refused, the end lets go', async () => {
  const first = await begin('aa');
  expect((await begin('aa')).importId).toBe(first.importId);
  await expect(begin('bb')).rejects.toMatchObject({ code: 'ECS_IMPORT_RUNNING' });
  expect(await endImport(database.pool, 'completed', Date.UTC(2026, 10, 23))).toBe(true);
  expect(await endImport(database.pool, 'completed', Date.UTC(2026, 10, 23))).toBe(false);
  expect(await loadRunningImport(database.pool)).toBeNull();
  await expect(begin('bb')).resolves.toMatchObject({ inputSha256: 'bb', customers: 3 });
});

test('an input is remembered from its first import on, whatever became of it', async () => {
  await endImport(database.pool, 'abandoned', Date.UTC(2026, 10, 24));
  expect(await loadFirstImport(database.pool, 'cc')).toBeNull();
  const first = await begin('cc', Date.UTC(2026, 10, 24));
  await endImport(database.pool, 'abandoned', Date.UTC(2026, 10, 25));
  await begin('cc', Date.UTC(2026, 11, 24));
  expect(await loadFirstImport(database.pool, 'cc')).toEqual(first);
});
