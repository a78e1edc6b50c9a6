// One transaction on one connection: committed, rolled back, or honestly unknown. The connection always goes back to
// the pool, and goes back destroyed when its state is in doubt.
import { isNativeError } from 'node:util/types';
import type pg from 'pg';
import { assert } from '../lib/assert.ts';
import { EcsError } from '../lib/errors.ts';
import { connectClient } from './connect-client.ts';
import { isConnectionTrouble, toEcsError } from './retry.ts';

export type Isolation = 'read committed' | 'repeatable read' | 'serializable';

export interface TransactionOptions {
  readonly isolation?: Isolation;
  /** How long a statement waits for a lock, where that is to be less than everywhere. */
  readonly lockTimeoutMs?: number;
}

const BEGIN: Readonly<Record<Isolation, string>> = {
  'read committed': 'begin isolation level read committed',
  'repeatable read': 'begin isolation level repeatable read',
  serializable: 'begin isolation level serializable',
};

/**
 * Runs `work` in a transaction. Operational trouble becomes an EcsError: ECS_DATABASE_CONFLICT (rolled back, may be
 * repeated), ECS_DATABASE_UNAVAILABLE (rolled back), ECS_COMMIT_UNKNOWN (may or may not be committed: look).
 * Other errors of `work` pass unchanged after the rollback.
 */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (tx: pg.PoolClient) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const client = await connectClient(pool);
  let broken: Error | undefined;
  try {
    await client.query(beginText(options));
    const result = await work(client);
    await commit(client);
    return result;
  } catch (error) {
    broken = await rollback(client, error);
    throw toEcsError(error);
  } finally {
    client.release(broken);
  }
}

/** One round trip. */
function beginText({ isolation = 'read committed', lockTimeoutMs }: TransactionOptions): string {
  if (lockTimeoutMs === undefined) return BEGIN[isolation];
  assert(Number.isInteger(lockTimeoutMs) && lockTimeoutMs > 0, 'a lock timeout is a whole number of milliseconds');
  return `${BEGIN[isolation]}; set local lock_timeout = ${lockTimeoutMs}`;
}

async function commit(client: pg.PoolClient): Promise<void> {
  try {
    const { command } = await client.query('commit');
    // PostgreSQL answers COMMIT of a failed transaction with ROLLBACK and no error at all.
    assert(command === 'COMMIT', 'a failed statement was swallowed inside the transaction, so nothing was committed');
  } catch (error) {
    if (!isConnectionTrouble(error)) throw error;
    const message = 'The connection was lost at the commit: read the state again before repeating anything';
    throw new EcsError('ECS_COMMIT_UNKNOWN', message, { cause: error });
  }
}

/** Gives back why the connection must not be used again, or undefined if it may. */
async function rollback(client: pg.PoolClient, error: unknown): Promise<Error | undefined> {
  const trouble = error instanceof EcsError && error.cause !== undefined ? error.cause : error;
  if (isConnectionTrouble(trouble)) return isNativeError(trouble) ? trouble : new Error('connection lost');
  try {
    await client.query('rollback');
    return undefined;
  } catch (rollbackError) {
    return isNativeError(rollbackError) ? rollbackError : new Error('rollback failed');
  }
}
