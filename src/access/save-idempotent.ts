// Runs a request at most once per Idempotency-Key: the key, the answer and the business share one transaction, so there
// is no moment at which one exists without the other. An equal request that comes meanwhile waits for the first.
import type pg from 'pg';
import { inTransaction, type Queryable, retryDatabase } from '../db/index.ts';
import { assert } from '../lib/assert.ts';
import { EcsError } from '../lib/errors.ts';

export interface IdempotentRequest {
  /** Who asks; keys of different owners never meet. */
  readonly owner: string;
  readonly route: string;
  readonly key: string;
  /** SHA-256 over everything that makes the request what it is. */
  readonly requestSha256: Buffer;
}

export interface StoredAnswer {
  readonly status: number;
  /** The body's bytes as text, replayed as they were; null for an answer without body. */
  readonly body: string | null;
  /** Kept instead of the body, by those who can make the body anew from it. */
  readonly kept?: string;
}

export interface IdempotentAnswer extends StoredAnswer {
  readonly replayed: boolean;
}

export type TransactionWork = (tx: pg.PoolClient) => Promise<StoredAnswer>;

// A lost race is tried again once; the caller may repeat safely after that.
const ATTEMPTS = 2;

/** Runs `work` in a transaction, once per key where one is given. When `work` throws, nothing is kept, the key neither. */
export async function runIdempotent(
  pool: pg.Pool,
  request: IdempotentRequest | null,
  work: TransactionWork,
  nowMs: number,
): Promise<IdempotentAnswer> {
  return retryDatabase(() => inTransaction(pool, (tx) => runOnce(tx, request, work, nowMs)), { attempts: ATTEMPTS });
}

async function runOnce(
  tx: pg.PoolClient,
  request: IdempotentRequest | null,
  work: TransactionWork,
  nowMs: number,
): Promise<IdempotentAnswer> {
  if (request === null) return { ...(await work(tx)), replayed: false };
  if (!(await claimKey(tx, request, nowMs))) return replayAnswer(tx, request);
  const answer = await work(tx);
  await saveAnswer(tx, request, answer);
  return { ...answer, replayed: false };
}

/** Waits while another transaction holds the same key; false once that one has committed. */
async function claimKey(tx: Queryable, request: IdempotentRequest, nowMs: number): Promise<boolean> {
  try {
    const { rowCount } = await tx.query(
      `insert into idempotency_keys (owner, route, idempotency_key, request_sha256, created_at)
       values ($1, $2, $3, $4, $5) on conflict do nothing`,
      [request.owner, request.route, request.key, request.requestSha256, new Date(nowMs)],
    );
    return rowCount === 1;
  } catch (error) {
    throw toRunning(error);
  }
}

/** What a claim that failed means: whoever waited too long for a key waited for the request that holds it. */
export function toRunning(error: unknown): unknown {
  const isLockTimeout = error instanceof Error && 'code' in error && error.code === '55P03';
  if (!isLockTimeout) return error;
  return new EcsError('ECS_IDEMPOTENCY_RUNNING', 'A request with this Idempotency-Key is still running.', {
    cause: error,
  });
}

async function replayAnswer(tx: Queryable, request: IdempotentRequest): Promise<IdempotentAnswer> {
  const { rows } = await tx.query<{ request_sha256: Buffer; status: number | null; response: string | null }>(
    `select request_sha256, status, response from idempotency_keys
     where owner = $1 and route = $2 and idempotency_key = $3`,
    [request.owner, request.route, request.key],
  );
  const row = rows[0];
  // Pruned in this very moment: the answer is gone, and running it again is what the caller must decide.
  if (row === undefined) throw new EcsError('ECS_IDEMPOTENCY_RUNNING', 'This Idempotency-Key has just expired.');
  if (!row.request_sha256.equals(request.requestSha256)) {
    throw new EcsError(
      'ECS_IDEMPOTENCY_MISMATCH',
      'This Idempotency-Key was used with another request; take a new key.',
    );
  }
  assert(row.status !== null, 'a committed idempotency key has its answer');
  return { status: row.status, body: row.response, replayed: true };
}

async function saveAnswer(tx: Queryable, request: IdempotentRequest, answer: StoredAnswer): Promise<void> {
  await tx.query(
    `update idempotency_keys set status = $4, response = $5
     where owner = $1 and route = $2 and idempotency_key = $3`,
    [request.owner, request.route, request.key, answer.status, answer.kept ?? answer.body],
  );
}

/** Forgets answers older than `beforeMs`, in bounded bites; gives back how many. */
export async function pruneIdempotencyKeys(db: Queryable, beforeMs: number): Promise<number> {
  const { rowCount } = await db.query(
    `delete from idempotency_keys where (owner, route, idempotency_key) in (
       select owner, route, idempotency_key from idempotency_keys
       where created_at < $1 order by created_at limit 10000)`,
    [new Date(beforeMs)],
  );
  return rowCount ?? 0;
}
