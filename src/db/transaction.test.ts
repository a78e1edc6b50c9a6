import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { createPool, inTransaction } from './index.ts';

describe('inTransaction', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
    await database.pool.query('create table t_note (id integer primary key deferrable initially deferred, text text)');
  });
  afterAll(() => database.drop());
  beforeEach(() => database.pool.query('truncate t_note'));

  const countNotes = async () =>
    (await database.pool.query<{ n: number }>('select count(*) as n from t_note')).rows[0]?.n;

  it('commits what the work did and gives back its result', async () => {
    const result = await inTransaction(database.pool, async (tx) => {
      await tx.query(`insert into t_note values (1, 'a')`);
      return 'done';
    });
    expect(result).toBe('done');
    expect(await countNotes()).toBe(1);
  });
});
