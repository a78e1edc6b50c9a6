// A database of its own for a test file: a clone of the migrated template, with a check that no connection leaked.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleepMs } from 'node:timers/promises';
import pg from 'pg';
import { createPool } from '../../src/db/index.ts';

export interface TestDatabase {
  readonly pool: pg.Pool;
  readonly connectionString: string;
  /** Fails if a connection was taken from the pool and not given back, or opened beside it and not closed. */
  drop(): Promise<void>;
}

export interface TestDatabaseOptions {
  /** An empty database instead of a clone of the migrated template. */
  readonly empty?: boolean;
  readonly max?: number;
}

export async function createTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const name = `ecs_test_${randomUUID().replaceAll('-', '')}`;
  const template = options.empty ? 'template1' : readEnvironment('TEST_PG_TEMPLATE');
  await runAsAdmin(`create database ${name} template ${template}`);
  const connectionString = makeUrl(name);
  const pool = createPool({ connectionString, applicationName: 'ecs-test', max: options.max ?? 10 });
  return { pool, connectionString, drop: () => dropTestDatabase(name, pool) };
}

async function dropTestDatabase(name: string, pool: pg.Pool): Promise<void> {
  const leaked = pool.totalCount - pool.idleCount;
  // end() would wait for a leaked connection for ever.
  if (leaked === 0 && !pool.ended) await pool.end();
  const strangers = leaked === 0 ? await waitForStrangers(name) : [];
  await dropDatabase(name);
  if (leaked > 0) throw new Error(`${leaked} connection(s) of the test's pool were not given back`);
  if (strangers.length > 0) throw new Error(`connections left open: ${strangers.join('; ')}`);
}

const INSUFFICIENT_PRIVILEGE = '42501';

/** PostgreSQL 15 refuses while an autovacuum worker, which is a superuser's, visits the database: it leaves soon. */
async function dropDatabase(name: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await runAsAdmin(`drop database ${name} with (force)`);
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== INSUFFICIENT_PRIVILEGE || attempt === 100) throw error;
      await sleepMs(100);
    }
  }
}

/** A closed connection's server process needs a moment to end. */
async function waitForStrangers(name: string): Promise<string[]> {
  for (let attempt = 0; ; attempt++) {
    const strangers = await loadSessions(name);
    if (strangers.length === 0 || attempt === 40) return strangers;
    await sleepMs(50);
  }
}

async function loadSessions(name: string): Promise<string[]> {
  const rows = await runAsAdmin(
    `select application_name || ' (' || coalesce(state, '?') || '): ' || left(query, 60) as session
     from pg_stat_activity where datname = $1 and backend_type = 'client backend'`,
    [name],
  );
  return rows.map((row) => String(row.session));
}

async function runAsAdmin(sql: string, values: unknown[] = []): Promise<Array<Record<string, unknown>>> {
  const client = new pg.Client({ connectionString: readEnvironment('TEST_PG_ADMIN_URL') });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows;
  } finally {
    await client.end();
  }
}

function makeUrl(database: string): string {
  const url = new URL(readEnvironment('TEST_PG_ADMIN_URL'));
  url.pathname = `/${database}`;
  return url.href;
}

function readEnvironment(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the tests through Jest, whose global set-up sets it`);
  return value;
}
