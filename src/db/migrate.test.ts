import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { checkSchema, createPool, MIGRATIONS_DIR, migrate } from './index.ts';

describe('migrate', () => {
  let database: TestDatabase;
  let migrationsDir: string;

  beforeEach(async () => {
    database = await createTestDatabase({ empty: true });
    migrationsDir = await mkdtemp(join(tmpdir(), 'ecs-migrations-'));
  });
  afterEach(async () => {
    await database.drop();
    await rm(migrationsDir, { recursive: true });
  });

  const write = (name: string, sql: string) => writeFile(join(migrationsDir, name), sql);
  const run = () => migrate(database.pool, { migrationsDir });
  const check = () => checkSchema(database.pool, { migrationsDir });
  const exists = async (name: string) =>
    (await database.pool.query<{ found: boolean }>('select to_regclass($1) is not null as found', [name])).rows[0]
      ?.found;

  it('applies the files in order, once, and only what is new later', async () => {
    await write('0001_first.sql', 'create table t_first (a integer); insert into t_first values (1);');
    await write('0002_second.sql', 'alter table t_first add column b integer;');
    await writeFile(join(migrationsDir, 'README.md'), 'not a migration');
    expect(await run()).toEqual({ applied: ['0001_first', '0002_second'] });
    expect(await run()).toEqual({ applied: [] });
    await write('0003_third.sql', 'create index t_first_b on t_first (b);');
    expect(await run()).toEqual({ applied: ['0003_third'] });
    expect(await check()).toEqual({ applied: ['0001_first', '0002_second', '0003_third'] });
    expect((await database.pool.query('select * from t_first')).rows).toEqual([{ a: 1, b: null }]);
  });

  it('lets many starters race: each migration runs once, and all of them succeed', async () => {
    await write('0001_first.sql', 'create table t_first (a integer); select pg_sleep(0.2);');
    await write('0002_second.sql', 'insert into t_first values (1);');
    const starters = Array.from({ length: 4 }, () =>
      createPool({ connectionString: database.connectionString, max: 1 }),
    );
    const outcomes = await Promise.all(starters.map((pool) => migrate(pool, { migrationsDir })));
    expect(outcomes.flatMap((outcome) => outcome.applied).sort()).toEqual(['0001_first', '0002_second']);
    expect((await database.pool.query('select * from t_first')).rows).toHaveLength(1);
    await Promise.all(starters.map((pool) => pool.end()));
  });

  it('leaves nothing of a migration that fails, and keeps those before it', async () => {
    await write('0001_first.sql', 'create table t_first (a integer);');
    await write('0002_second.sql', 'create table t_second (a integer); select 1 / 0;');
    await expect(run()).rejects.toMatchObject({ code: '22012' });
    expect([await exists('t_first'), await exists('t_second')]).toEqual([true, false]);
    await expect(check()).rejects.toMatchObject({ code: 'ECS_SCHEMA_MISSING', facts: { pending: ['0002_second'] } });
  });

  it('refuses a file that was changed after it was applied, but not one with other line ends', async () => {
    await write('0001_first.sql', 'create table t_first (\n  a integer\n);\n');
    await run();
    await write('0001_first.sql', 'create table t_first (\r\n  a integer\r\n);\r\n');
    expect(await run()).toEqual({ applied: [] });
    await write('0001_first.sql', 'create table t_first (\n  a bigint\n);\n');
    await expect(run()).rejects.toMatchObject({ code: 'ECS_MIGRATION_CHANGED', facts: { version: 1 } });
    await expect(check()).rejects.toMatchObject({ code: 'ECS_MIGRATION_CHANGED' });
  });

  it('refuses a database that a newer program has migrated, and changes nothing', async () => {
    await write('0001_first.sql', 'create table t_first (a integer);');
    await write('0002_second.sql', 'create table t_second (a integer);');
    await run();
    await rm(join(migrationsDir, '0002_second.sql'));
    await expect(run()).rejects.toMatchObject({ code: 'ECS_SCHEMA_NEWER', facts: { database: 2, program: 1 } });
    await expect(check()).rejects.toMatchObject({ code: 'ECS_SCHEMA_NEWER' });
  });

  it('refuses a database from whose line a migration is missing', async () => {
    await write('0001_first.sql', 'select 1;');
    await write('0002_second.sql', 'select 1;');
    await run();
    await database.pool.query('delete from schema_migrations where version = 1');
    await expect(run()).rejects.toMatchObject({ code: 'ECS_MIGRATION_CHANGED' });
  });

  it.each(['0002_gap.sql', '1_short.sql', '0001_Upper.sql'])('refuses a file named %s', async (name) => {
    await write(name, 'select 1;');
    await expect(run()).rejects.toMatchObject({ code: 'ECS_FILE_INVALID' });
  });

  it('refuses two files with one number', async () => {
    await write('0001_a.sql', 'select 1;');
    await write('0001_b.sql', 'select 1;');
    await expect(run()).rejects.toMatchObject({ code: 'ECS_FILE_INVALID' });
  });

  it('refuses a migration that ends its own transaction', async () => {
    await write('0001_first.sql', 'create table t_first (a integer); commit; begin;');
    await expect(run()).rejects.toMatchObject({ code: 'ECS_FILE_INVALID' });
  });

  it('tells an empty database from an unreachable one, and writes nothing while checking', async () => {
    await write('0001_first.sql', 'select 1;');
    await expect(check()).rejects.toMatchObject({ code: 'ECS_SCHEMA_MISSING' });
    expect(await exists('schema_migrations')).toBe(false);
    const pool = createPool({ connectionString: 'postgres://ecs:x@127.0.0.1:1/ecs' });
    await expect(checkSchema(pool, { migrationsDir })).rejects.toMatchObject({ code: 'ECS_DATABASE_UNAVAILABLE' });
    await pool.end();
  });

  it('applies the shipped migrations, which the template of the tests has as well', async () => {
    const { applied } = await migrate(database.pool);
    expect(applied[0]).toBe('0001_initial');
    await copyFile(join(MIGRATIONS_DIR, '0001_initial.sql'), join(migrationsDir, '0001_initial.sql'));
    const cloned = await createTestDatabase();
    expect(await checkSchema(cloned.pool)).toEqual({ applied });
    await cloned.drop();
  });
});
