// The one way to a PostgreSQL pool: every wait has an end, values come back as exact JavaScript values, and a
// connection that dies while idle or checked out never takes the process with it.
import { Socket } from 'node:net';
import pg from 'pg';
import { assert } from '../lib/assert.ts';
import { EcsError } from '../lib/errors.ts';
import { parseTimestamptz } from './parse-timestamptz.ts';
import { toEcsError } from './retry.ts';

/** What a query function asks for: a pool, or a client inside a transaction. */
export type Queryable = Pick<pg.ClientBase, 'query'>;

export interface PoolOptions {
  readonly connectionString: string;
  readonly max?: number;
  readonly applicationName?: string;
  /** The longest a single statement may run on the server; imports and backtests may ask for more. */
  readonly statementTimeoutMs?: number;
  /** Told about connections that died; the pool has replaced them already. */
  readonly onConnectionError?: (error: Error) => void;
}

/** Two releases behind the newest that still get fixes; the SQL of ECS is tested on it. */
export const POSTGRES_VERSION_MIN = 15;

const CONNECTION_TIMEOUT_MS = 3_000;
const STATEMENT_TIMEOUT_MS = 30_000;
const LOCK_TIMEOUT_MS = 10_000;
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000;
// The server's own timeout comes first; ours ends the wait when the server or the network has gone silent.
const ANSWER_GRACE_MS = 5_000;

const INT8 = 20;
const INT8_ARRAY = 1016;
const TEXT_ARRAY: number = 1009;
const DATE = 1082;
const DATE_ARRAY = 1182;
const TIMESTAMPTZ = 1184;

function parseInt8(text: string): number {
  const value = Number(text);
  assert(Number.isSafeInteger(value), `bigint ${text} from the database is not a safe integer`);
  return value;
}

function parseInt8Array(text: string): Array<number | null> {
  const parts: Array<string | null> = parseTextArray(text);
  return parts.map((part) => (part === null ? null : parseInt8(part)));
}

const parseText = (text: string): string => text;
const parseTextArray = pg.types.getTypeParser(TEXT_ARRAY, 'text');

// A date has no time zone; the driver would make local midnight of it. A bigint would come as text.
const TEXT_PARSERS: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [INT8, parseInt8],
  [INT8_ARRAY, parseInt8Array],
  [DATE, parseText],
  [TIMESTAMPTZ, parseTimestamptz],
  [DATE_ARRAY, parseTextArray],
]);

const types: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    const own = format === 'binary' ? undefined : TEXT_PARSERS.get(oid);
    return own ?? pg.types.getTypeParser(oid, format ?? 'text');
  },
};

export function createPool(options: PoolOptions): pg.Pool {
  const statementTimeoutMs = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    max: options.max ?? 10,
    application_name: options.applicationName ?? 'ecs',
    types,
    // Statements handed over without waiting for each other travel together; whoever awaits each one notices nothing.
    pipeline: true,
    stream: createGatheringSocket,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    idleTimeoutMillis: 60_000,
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + ANSWER_GRACE_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
  });
  // Without a listener the 'error' event of a dying connection would end the process. Nothing is lost by going on:
  // the pool drops a dead idle client, and a query on a dead checked-out one rejects.
  const onConnectionError = options.onConnectionError ?? (() => {});
  pool.on('error', onConnectionError);
  pool.on('connect', (client) => client.on('error', onConnectionError));
  return pool;
}

/**
 * The driver sends each statement by itself. Here those of one turn of the event loop leave in one packet: a decision's seven
 * writes cost one call to the system instead of seven, 55 of 745 µs a request (`npm run bench:decide`). Over TLS the driver
 * puts a stream of its own on top, and they leave one by one as before.
 */
function createGatheringSocket(): Socket {
  const socket = new Socket();
  const uncork = socket.uncork.bind(socket);
  socket.uncork = () => process.nextTick(uncork);
  return socket;
}

interface ServerSettings {
  readonly versionNumber: number;
  readonly fsync: string;
  readonly fullPageWrites: string;
  readonly synchronousCommit: string;
}

async function loadServerSettings(db: Queryable): Promise<ServerSettings> {
  const { rows } = await db.query<{ version: number; fsync: string; full_page: string; sync_commit: string }>(
    `select current_setting('server_version_num')::int as version,
            current_setting('fsync') as fsync,
            current_setting('full_page_writes') as full_page,
            current_setting('synchronous_commit') as sync_commit`,
  );
  const row = rows[0];
  assert(row !== undefined, 'a select without from gives one row');
  return {
    versionNumber: row.version,
    fsync: row.fsync,
    fullPageWrites: row.full_page,
    synchronousCommit: row.sync_commit,
  };
}

/** Refuses a server on which "committed" would not mean "kept", or that is too old for the SQL of ECS. */
export async function checkServer(pool: Queryable): Promise<{ readonly majorVersion: number }> {
  const settings = await loadServerSettings(pool).catch((error: unknown) => {
    throw toEcsError(error);
  });
  const majorVersion = Math.floor(settings.versionNumber / 10_000);
  if (majorVersion < POSTGRES_VERSION_MIN) {
    throw new EcsError(
      'ECS_CONFIG_INVALID',
      `PostgreSQL ${majorVersion} is too old: ECS needs ${POSTGRES_VERSION_MIN} or newer. Point DATABASE_URL at a newer server, or leave it out to use the embedded one.`,
      { facts: { majorVersion } },
    );
  }
  const unsafe = [
    settings.fsync === 'on' ? [] : ['fsync'],
    settings.fullPageWrites === 'on' ? [] : ['full_page_writes'],
    settings.synchronousCommit === 'off' ? ['synchronous_commit'] : [],
  ].flat();
  if (unsafe.length > 0) {
    throw new EcsError(
      'ECS_CONFIG_INVALID',
      `The database runs with ${unsafe.join(', ')} off, so a committed decision could be lost. Turn on: ${unsafe.join(', ')}.`,
      { facts: { unsafe } },
    );
  }
  return { majorVersion };
}
