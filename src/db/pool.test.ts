import { once } from 'node:events';
import { createServer, Socket } from 'node:net';
import { setTimeout as sleepMs } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { checkServer, createPool, type Queryable } from './index.ts';

describe('createPool', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase({ empty: true });
  });
  afterAll(() => database.drop());

  const selectOne = async (sql: string): Promise<unknown> =>
    (await database.pool.query<{ value: unknown }>(`select ${sql} as value`)).rows[0]?.value;

  it.each([
    ['9007199254740991::int8', 9007199254740991],
    ['-1::int8', -1],
    ['null::int8', null],
    [`'{1,null,-3}'::int8[]`, [1, null, -3]],
    [`'{}'::int8[]`, []],
    [`'2026-03-29'::date`, '2026-03-29'],
    [`'{2026-03-29,null}'::date[]`, ['2026-03-29', null]],
    [`'2026-03-29T01:30:00Z'::timestamptz`, new Date('2026-03-29T01:30:00Z')],
    [`'-infinity'::timestamptz`, Number.NEGATIVE_INFINITY],
    ['1.10::numeric', '1.10'],
    [`'{"a":[1]}'::jsonb`, { a: [1] }],
    [`'\\x00ff'::bytea`, Buffer.from([0, 255])],
  ])('reads %s exactly', async (sql, expected) => {
    expect(await selectOne(sql)).toEqual(expected);
  });

  it.each(['9007199254740992::int8', `'{9007199254740993}'::int8[]`])(
    'treats %s, which a number cannot hold, as a bug',
    async (sql) => {
      await expect(selectOne(sql)).rejects.toThrow(/^bug: bigint/);
      // The connection survives it.
      expect(await selectOne('1')).toBe(1);
    },
  );

  it.each([
    ['statement_timeout', '30s'],
    ['lock_timeout', '10s'],
    ['idle_in_transaction_session_timeout', '1min'],
    ['application_name', 'ecs-test'],
  ])('sets %s on the server', async (name, expected) => {
    expect(await selectOne(`current_setting('${name}')`)).toBe(expected);
  });

  it('hands statements of one turn to the system together, and answers them in their order', async () => {
    const pool = createPool({ connectionString: database.connectionString });
    const client = await pool.connect();
    const calls = jest.spyOn(Socket.prototype, '_writev');
    const numbers = [1, 2, 3, 4, 5, 6, 7];
    const answers = numbers.map((number) => client.query<{ n: number }>('select $1::int4 as n', [number]));
    const results = await Promise.all(answers);
    expect(results.map(({ rows }) => rows[0]?.n)).toEqual(numbers);
    expect(calls).toHaveBeenCalledTimes(1);
    calls.mockRestore();
    client.release();
    await pool.end();
  });

  it.each(['idle', 'checked out'])('survives a connection that dies while %s', async (when) => {
    const deaths: string[] = [];
    const pool = createPool({
      connectionString: database.connectionString,
      onConnectionError: (error) => deaths.push(error.message),
    });
    const client = await pool.connect();
    if (when === 'idle') client.release();
    const others = 'select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()';
    await database.pool.query(`select pg_terminate_backend(pid) from (${others}) as others`);
    for (let waits = 0; deaths.length === 0 && waits < 100; waits++) await sleepMs(20);
    expect(deaths[0]).toMatch(/terminat/);
    if (when !== 'idle') {
      await expect(client.query('select 1')).rejects.toThrow(/not queryable/);
      client.release();
    }
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await pool.end();
  });

  it('gives up on a server that accepts and then says nothing', async () => {
    const server = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const pool = createPool({ connectionString: `postgres://ecs:x@127.0.0.1:${port}/ecs` });
    await expect(checkServer(pool)).rejects.toMatchObject({ code: 'ECS_DATABASE_UNAVAILABLE' });
    await pool.end();
    server.close();
  });
});

describe('checkServer', () => {
  const serverWith = (settings: object): Queryable =>
    ({
      query: async () => ({
        rows: [{ version: 180004, fsync: 'on', full_page: 'on', sync_commit: 'on', ...settings }],
      }),
    }) as unknown as Queryable;

  it('accepts the test server', async () => {
    const database = await createTestDatabase({ empty: true });
    expect((await checkServer(database.pool)).majorVersion).toBeGreaterThanOrEqual(15);
    await database.drop();
  });

  it.each([
    [{ version: 140099 }, /too old/],
    [{ fsync: 'off' }, /fsync/],
    [{ full_page: 'off' }, /full_page_writes/],
    [{ sync_commit: 'off' }, /synchronous_commit/],
  ])('refuses %j', async (settings, message) => {
    const check = checkServer(serverWith(settings));
    await expect(check).rejects.toMatchObject({ code: 'ECS_CONFIG_INVALID' });
    await expect(check).rejects.toThrow(message);
  });

  it.each(['local', 'remote_write', 'remote_apply'])('accepts synchronous_commit = %s', async (level) => {
    expect(await checkServer(serverWith({ sync_commit: level }))).toEqual({ majorVersion: 18 });
  });
});
