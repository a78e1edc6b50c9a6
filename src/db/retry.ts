// What a PostgreSQL or connection failure means to the rest of ECS, as one table, and a bounded retry built on it.
import { setTimeout as sleepMs } from 'node:timers/promises';
import { isNativeError } from 'node:util/types';
import { EcsError, type ErrorCode, isEcsError } from '../lib/errors.ts';

/** SQLSTATE -> code. States that are not here are refusals or bugs, and stay the driver's own error. */
export const SQLSTATE_CODES: Readonly<Record<string, ErrorCode>> = {
  '08000': 'ECS_DATABASE_UNAVAILABLE', // connection exception
  '08001': 'ECS_DATABASE_UNAVAILABLE', // unable to establish connection
  '08003': 'ECS_DATABASE_UNAVAILABLE', // connection does not exist
  '08004': 'ECS_DATABASE_UNAVAILABLE', // server rejected connection
  '08006': 'ECS_DATABASE_UNAVAILABLE', // connection failure
  '08007': 'ECS_COMMIT_UNKNOWN', // transaction resolution unknown
  '08P01': 'ECS_DATABASE_UNAVAILABLE', // protocol violation: a cut or garbled stream
  '25006': 'ECS_DATABASE_UNAVAILABLE', // read only: we reached a standby, or a primary that has just become one
  '25P03': 'ECS_DATABASE_UNAVAILABLE', // idle in transaction timeout
  '28000': 'ECS_CONFIG_INVALID', // invalid authorization
  '28P01': 'ECS_CONFIG_INVALID', // invalid password
  '3D000': 'ECS_CONFIG_INVALID', // no such database
  '40001': 'ECS_DATABASE_CONFLICT', // serialization failure
  '40003': 'ECS_COMMIT_UNKNOWN', // statement completion unknown
  '40P01': 'ECS_DATABASE_CONFLICT', // deadlock
  '53000': 'ECS_DATABASE_UNAVAILABLE', // insufficient resources
  '53100': 'ECS_DATABASE_UNAVAILABLE', // disk full
  '53200': 'ECS_DATABASE_UNAVAILABLE', // out of memory
  '53300': 'ECS_DATABASE_UNAVAILABLE', // too many connections
  '53400': 'ECS_DATABASE_UNAVAILABLE', // configuration limit exceeded
  '55P03': 'ECS_DATABASE_CONFLICT', // lock not available in time
  '57014': 'ECS_DATABASE_UNAVAILABLE', // statement timeout
  '57P01': 'ECS_DATABASE_UNAVAILABLE', // admin shutdown
  '57P02': 'ECS_DATABASE_UNAVAILABLE', // crash shutdown
  '57P03': 'ECS_DATABASE_UNAVAILABLE', // cannot connect now (starting up)
  '57P05': 'ECS_DATABASE_UNAVAILABLE', // idle session timeout
  '58000': 'ECS_DATABASE_UNAVAILABLE', // system error
  '58030': 'ECS_DATABASE_UNAVAILABLE', // input/output error
};

const NETWORK_CODES: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'],
  ...['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'ENOENT', 'EADDRNOTAVAIL'],
]);

// The driver throws these without a code.
const DRIVER_MESSAGES: ReadonlySet<string> = new Set([
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
  'Query read timeout',
]);

// And this one where an answer comes that belongs to no statement: after a read timeout, say. All that wait are told of it.
const OUT_OF_STEP = /^Received unexpected \w+ message from backend\.$/;

const POOL_ENDED = 'Cannot use a pool after calling end on the pool';

/** States that end the session: whatever was under way there, no answer to it can be relied on. */
const SESSION_ENDING = /^(08|57P)/;

// `isNativeError`, not `instanceof`: errors of Node's own modules may come from another realm, as inside Jest.
function readCode(error: unknown): string | undefined {
  if (!isNativeError(error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Did the connection go, rather than the statement? Then the outcome of what was sent last is not known. */
export function isConnectionTrouble(error: unknown): boolean {
  if (!isNativeError(error)) return false;
  const code = readCode(error);
  if (code === undefined) return DRIVER_MESSAGES.has(error.message) || OUT_OF_STEP.test(error.message);
  if (NETWORK_CODES.has(code)) return true;
  const severity = 'severity' in error ? error.severity : undefined;
  return severity === 'FATAL' || severity === 'PANIC' || SESSION_ENDING.test(code);
}

function findCode(error: unknown): ErrorCode | undefined {
  if (!isNativeError(error)) return undefined;
  if (error.message === POOL_ENDED) return 'ECS_SHUTTING_DOWN';
  const code = readCode(error);
  const named = code === undefined ? undefined : SQLSTATE_CODES[code];
  if (named !== undefined) return named;
  return isConnectionTrouble(error) ? 'ECS_DATABASE_UNAVAILABLE' : undefined;
}

const MESSAGES: Partial<Record<ErrorCode, string>> = {
  ECS_DATABASE_UNAVAILABLE: 'The database cannot serve right now',
  ECS_DATABASE_CONFLICT: 'The transaction lost a race in the database and may be repeated',
  ECS_COMMIT_UNKNOWN: 'The connection was lost at the commit: read the state again before repeating anything',
  ECS_CONFIG_INVALID: 'The database refuses this connection: check user, password and database in DATABASE_URL',
  ECS_SHUTTING_DOWN: 'ECS is shutting down',
};

/** Operational database trouble as an EcsError; anything else comes back as it was. Use: `throw toEcsError(error)`. */
export function toEcsError(error: unknown): unknown {
  if (isEcsError(error)) return error;
  const code = findCode(error);
  if (code === undefined || !isNativeError(error)) return error;
  const sqlState = readCode(error);
  return new EcsError(code, `${MESSAGES[code] ?? code} (${error.message || sqlState})`, {
    cause: error,
    facts: sqlState === undefined ? {} : { sqlState },
  });
}

export interface RetryOptions {
  /** How often `work` may run in all. */
  readonly attempts?: number;
  readonly baseMs?: number;
  readonly maxMs?: number;
  readonly random?: () => number;
  readonly sleep?: (ms: number) => Promise<unknown>;
  /** Once aborted, no further attempt starts. */
  readonly signal?: AbortSignal;
}

// ECS_COMMIT_UNKNOWN is absent on purpose: only the caller can find out whether its commit took place.
const RETRIED: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['ECS_DATABASE_UNAVAILABLE', 'ECS_DATABASE_CONFLICT']);

/** Repeats `work` on lost races and outages, with full jitter and a budget; the last error is the outcome. */
export async function retryDatabase<T>(work: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const { attempts = 5, baseMs = 20, maxMs = 2_000, random = Math.random, sleep = sleepMs, signal } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (raw) {
      const error = toEcsError(raw);
      const again = isEcsError(error) && RETRIED.has(error.code) && attempt < attempts && signal?.aborted !== true;
      if (!again) throw error;
      await sleep(Math.ceil(random() * Math.min(maxMs, baseMs * 2 ** (attempt - 1))));
    }
  }
}
