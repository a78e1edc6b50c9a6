// What one transaction sets for itself must be gone when the next one gets its connection: a pool hands them round.
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { migrate } from './migrate.ts';
import { createPool } from './pool.ts';
import { inTransaction } from './transaction.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const SETTINGS = [
  ...['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'default_transaction_isolation'],
  ...['transaction_isolation', 'search_path', 'synchronous_commit', 'role'],
];

const users: [string, (pool: ReturnType<typeof createPool>) => Promise<unknown>][] = [
  ['a migration', (pool) => migrate(pool)],
  ['a transaction', (pool) => inTransaction(pool, async () => {}, { isolation: 'serializable' })],
  ['a transaction that fails', (pool) => inTransaction(pool, (tx) => tx.query('select 1 / 0')).catch(() => {})],
];

test.each(users)('a setting of one transaction is gone with it: %s', async (_name, use) => {
  const pool = createPool({ connectionString: database.connectionString, max: 1 });
  const load = async () => {
    const { rows } = await pool.query(
      `select name, current_setting(name) as value, pg_backend_pid() as pid from unnest($1::text[]) as name`,
      [SETTINGS],
    );
    return rows;
  };
  try {
    const before = await load();
    await use(pool);
    expect(await load()).toEqual(before);
    const { rows } = await pool.query(`select count(*) as held from pg_locks where locktype = 'advisory'
      and pid = pg_backend_pid()`);
    expect(rows).toEqual([{ held: 0 }]);
  } finally {
    await pool.end();
  }
});
