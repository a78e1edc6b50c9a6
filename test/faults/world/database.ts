// The PostgreSQL of a fault run: a cluster of its own that is killed and started again on its data, and that nobody but the
// run's proxies and checkers knows the way to.
import { realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createPool, type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/db/index.ts';

export interface FaultDatabase {
  readonly port: () => number;
  /** Through a proxy's port. */
  readonly urlVia: (port: number) => string;
  /** Straight to the server, for checkers; outlives restarts. */
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** Kills the postmaster and starts it again; resolves with the moment from which it answers. */
  killAndRestart(): Promise<number>;
  /** Starts it again where it ended by itself, as whoever watches over a server does. */
  ensureRunning(): Promise<void>;
  /** Kills one server process of ECS, which makes the postmaster restart all; resolves when it answers again. */
  killBackend(): Promise<number>;
  stop(): Promise<void>;
}

const MAX_CONNECTIONS = 100;
const READY_WITHIN_MS = 60_000;

export async function startFaultDatabase(dataDir: string): Promise<FaultDatabase> {
  const start = () => startEmbeddedPostgres({ dataDir, maxConnections: MAX_CONNECTIONS });
  let server: EmbeddedPostgres = await start();
  let pool = openPool(server);

  async function query<Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> {
    const deadline = Date.now() + READY_WITHIN_MS;
    for (;;) {
      try {
        return (await pool.query<Row>(sql, values)).rows;
      } catch (error) {
        // SQL of a checker that is wrong must not be tried for a minute.
        if (isWrongSql(error) || Date.now() > deadline) throw error;
        await sleep(50);
      }
    }
  }

  let isDead = false;
  function watch(own: EmbeddedPostgres): void {
    void own.died.then(() => {
      if (own === server) isDead = true;
    });
  }

  async function restart(): Promise<void> {
    await server.stop();
    server = await startAgain(start);
    isDead = false;
    watch(server);
    const old = pool;
    pool = openPool(server);
    await old.end();
  }

  watch(server);
  return {
    port: () => server.port,
    urlVia: (port) => withPort(server.connectionString, port),
    query,
    async killAndRestart() {
      process.kill(await loadPostmasterPid(dataDir), 'SIGKILL');
      await restart();
      return waitUntilReady(server);
    },
    async ensureRunning() {
      if (isDead) await restart();
    },
    async killBackend() {
      const [victim] = await query<{ pid: number }>(
        `select pid from pg_stat_activity
         where backend_type = 'client backend' and pid <> pg_backend_pid() and application_name = 'ecs'
         order by (state = 'idle'), random() limit 1`,
      );
      if (victim !== undefined) process.kill(victim.pid, 'SIGKILL');
      // The postmaster needs a moment to see it, and is ready only after that.
      await sleep(30);
      return waitUntilReady(server);
    },
    async stop() {
      await pool.end();
      await server.stop();
    },
  };
}

function openPool({ connectionString }: EmbeddedPostgres): pg.Pool {
  return createPool({ connectionString, applicationName: 'faults', max: 4 });
}

async function loadPostmasterPid(dataDir: string): Promise<number> {
  const note = await readFile(join(realpathSync(join(dataDir, 'postgres')), 'postmaster.pid'), 'utf8');
  return Number(note.split('\n')[0]);
}

/** Until the orphans of a killed postmaster are gone, PostgreSQL itself refuses to start on their data. */
async function startAgain(start: () => Promise<EmbeddedPostgres>): Promise<EmbeddedPostgres> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    try {
      return await start();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(50);
    }
  }
}

async function waitUntilReady({ connectionString }: EmbeddedPostgres): Promise<number> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query('select 1');
      return Date.now();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(20);
    } finally {
      await client.end().catch(() => {});
    }
  }
}

function isWrongSql(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return /^(42|22)/.test(code);
}

function withPort(connectionString: string, port: number): string {
  const url = new URL(connectionString);
  url.port = String(port);
  return url.href;
}
