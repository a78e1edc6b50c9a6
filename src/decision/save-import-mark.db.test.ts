import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { makeId } from '../lib/ids.ts';
import { beginImport, endImport, loadRunningImport } from './save-import-mark.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
});

const begin = (fileSha256: string) =>
  beginImport(database.pool, { importId: makeId(), fileSha256, customers: 3 }, Date.UTC(2026, 10, 22));

test('one import at a time; the same file goes on, another is refused, the end lets go', async () => {
  const first = await begin('aa');
  expect((await begin('aa')).importId).toBe(first.importId);
  await expect(begin('bb')).rejects.toMatchObject({ code: 'ECS_IMPORT_RUNNING' });
  expect(await endImport(database.pool, 'completed', Date.UTC(2026, 10, 23))).toBe(true);
  expect(await endImport(database.pool, 'completed', Date.UTC(2026, 10, 23))).toBe(false);
  expect(await loadRunningImport(database.pool)).toBeNull();
  await expect(begin('bb')).resolves.toMatchObject({ fileSha256: 'bb', customers: 3 });
});
