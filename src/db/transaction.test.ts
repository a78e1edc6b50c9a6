import type pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { createPool, inTransaction, retryDatabase } from './index.ts';

describe('inTransaction', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase({ empty: true });
    await database.pool.query('create table t_note (id integer unique deferrable initially deferred, value integer)');
  });
  afterAll(() => database.drop());
  beforeEach(() => database.pool.query('truncate t_note'));

  const countNotes = async () =>
    (await database.pool.query<{ n: number }>('select count(*) as n from t_note')).rows[0]?.n;
  const insert = (tx: pg.PoolClient, id: number) => tx.query('insert into t_note values ($1, 0)', [id]);
  const backendPid = async (tx: pg.PoolClient) =>
    (await tx.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid;
  const terminate = (pid: number | undefined) => database.pool.query('select pg_terminate_backend($1)', [pid]);

  it('commits what the work did and gives back its result', async () => {
    const result = await inTransaction(database.pool, async (tx) => {
      await insert(tx, 1);
      return 'done';
    });
    expect(result).toBe('done');
    expect(await countNotes()).toBe(1);
  });

  it('rolls back and passes an error of the work on unchanged, connection reusable', async () => {
    const failure = new Error('no');
    let first: number | undefined;
    const pool = createPool({ connectionString: database.connectionString, max: 1 });
    const attempt = inTransaction(pool, async (tx) => {
      first = await backendPid(tx);
      await insert(tx, 1);
      throw failure;
    });
    await expect(attempt).rejects.toBe(failure);
    expect(await countNotes()).toBe(0);
    expect(await inTransaction(pool, backendPid)).toBe(first);
    await pool.end();
  });

  it('passes on a violated constraint as it is', async () => {
    const attempt = inTransaction(database.pool, (tx) => tx.query('insert into t_note values (1 / 0, 0)'));
    await expect(attempt).rejects.toMatchObject({ code: '22012' });
  });

  it('reports what the database refuses at the commit itself as not committed', async () => {
    const attempt = inTransaction(database.pool, async (tx) => {
      await insert(tx, 1);
      await insert(tx, 1);
    });
    await expect(attempt).rejects.toMatchObject({ code: '23505' });
    expect(await countNotes()).toBe(0);
  });

  it('does not take a commit that PostgreSQL turned into a rollback for a commit', async () => {
    const attempt = inTransaction(database.pool, async (tx) => {
      await insert(tx, 1);
      await tx.query('select 1 / 0').catch(() => 'swallowed');
    });
    await expect(attempt).rejects.toThrow(/swallowed inside the transaction/);
    expect(await countNotes()).toBe(0);
  });

  it('calls a lost connection before the commit unavailable, and replaces the connection', async () => {
    const pool = createPool({ connectionString: database.connectionString, max: 1 });
    const attempt = inTransaction(pool, async (tx) => {
      await insert(tx, 1);
      await terminate(await backendPid(tx));
      await insert(tx, 2);
    });
    await expect(attempt).rejects.toMatchObject({ code: 'ECS_DATABASE_UNAVAILABLE', retryable: true });
    expect(await inTransaction(pool, async () => 'works')).toBe('works');
    expect(await countNotes()).toBe(0);
    await pool.end();
  });

  it('never uses a connection again on which an answer is still due', async () => {
    const pool = createPool({ connectionString: database.connectionString, max: 1 });
    let first: number | undefined;
    const attempt = inTransaction(pool, async (tx) => {
      first = await backendPid(tx);
      // The driver gives up waiting; the server goes on.
      const slow = { text: 'select pg_sleep(2)', query_timeout: 50 };
      await tx.query(slow);
    });
    await expect(attempt).rejects.toMatchObject({ code: 'ECS_DATABASE_UNAVAILABLE' });
    expect(await inTransaction(pool, backendPid)).not.toBe(first);
    await pool.end();
  });

  it('calls a connection lost at the commit unknown, and never repeats it', async () => {
    let runs = 0;
    const attempt = retryDatabase(
      () =>
        inTransaction(database.pool, async (tx) => {
          runs++;
          await insert(tx, runs);
          await terminate(await backendPid(tx));
          // Nothing is sent after this but the commit, into a connection that is gone.
        }),
      { sleep: async () => {} },
    );
    await expect(attempt).rejects.toMatchObject({ code: 'ECS_COMMIT_UNKNOWN' });
    expect(runs).toBe(1);
  });

  it('calls a commit unknown whose answer was lost on the way, though it took place', async () => {
    const attempt = inTransaction(database.pool, async (tx) => {
      await insert(tx, 7);
      cutBeforeAnswerTo(tx, 'commit');
    });
    await expect(attempt).rejects.toMatchObject({ code: 'ECS_COMMIT_UNKNOWN' });
    expect(await eventually(countNotes, 1)).toBe(1);
  });

  it('turns a lost race into a conflict, and a repetition of it succeeds', async () => {
    await database.pool.query('insert into t_note values (1, 0)');
    let meet: () => void = () => {};
    const met = new Promise<void>((resolve) => (meet = resolve));
    let attempts = 0;
    const add = (waitFor: Promise<void> | undefined) =>
      retryDatabase(() =>
        inTransaction(
          database.pool,
          async (tx) => {
            attempts++;
            await tx.query('select value from t_note');
            if (waitFor === undefined) meet();
            else await waitFor;
            await tx.query('update t_note set value = value + 1');
          },
          { isolation: 'serializable' },
        ),
      );
    await Promise.all([add(met), add(undefined)]);
    const { rows } = await database.pool.query('select value from t_note');
    expect(rows).toEqual([{ value: 2 }]);
    expect(attempts).toBeGreaterThanOrEqual(2);
  });

  it('turns a deadlock into a conflict', async () => {
    await database.pool.query('insert into t_note values (1, 0), (2, 0)');
    const waiting: Array<() => void> = [];
    const bothLocked = () =>
      new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 2) for (const proceed of waiting) proceed();
      });
    const lockBoth = (first: number, second: number) =>
      inTransaction(database.pool, async (tx) => {
        await tx.query('update t_note set value = 1 where id = $1', [first]);
        await bothLocked();
        await tx.query('update t_note set value = 1 where id = $1', [second]);
      });
    const outcomes = await Promise.allSettled([lockBoth(1, 2), lockBoth(2, 1)]);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find((outcome) => outcome.status === 'rejected')).toMatchObject({
      reason: { code: 'ECS_DATABASE_CONFLICT', facts: { sqlState: '40P01' } },
    });
  });

  it.each(['read committed', 'repeatable read', 'serializable'] as const)('runs in %s', async (isolation) => {
    const { rows } = await inTransaction(
      database.pool,
      (tx) => tx.query(`select current_setting('transaction_isolation') as level`),
      { isolation },
    );
    expect(rows).toEqual([{ level: isolation }]);
  });

  it('calls an unreachable server unavailable', async () => {
    const pool = createPool({ connectionString: 'postgres://ecs:x@127.0.0.1:1/ecs' });
    await expect(inTransaction(pool, async () => 1)).rejects.toMatchObject({ code: 'ECS_DATABASE_UNAVAILABLE' });
    await pool.end();
  });

  it('calls a wrong password a matter of configuration', async () => {
    const url = new URL(database.connectionString);
    url.password = 'wrong';
    const pool = createPool({ connectionString: url.href });
    await expect(inTransaction(pool, async () => 1)).rejects.toMatchObject({ code: 'ECS_CONFIG_INVALID' });
    await pool.end();
  });

  it('says that an ended pool means shutting down', async () => {
    const pool = createPool({ connectionString: database.connectionString });
    await pool.end();
    await expect(inTransaction(pool, async () => 1)).rejects.toMatchObject({ code: 'ECS_SHUTTING_DOWN' });
  });
});

/** Lets the next `command` reach the server and then cuts the line before its answer is read. */
function cutBeforeAnswerTo(tx: pg.PoolClient, command: string): void {
  const { stream } = (tx as unknown as { connection: { stream: import('node:net').Socket } }).connection;
  const query = tx.query.bind(tx) as (text: string) => Promise<unknown>;
  const cutting = (text: string) => {
    stream.pause();
    const result = query(text);
    if (text === command) setTimeout(() => stream.destroy(), 100);
    return result;
  };
  Object.assign(tx, { query: cutting });
}

async function eventually<T>(read: () => Promise<T>, expected: T): Promise<T> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const value = await read();
    if (value === expected) return value;
  }
  return read();
}
