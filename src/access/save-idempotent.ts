// Runs a request at most once per Idempotency-Key: the key, the answer and the business share one transaction, so there
// is no moment at which one exists without the other. An equal request that comes meanwhile waits for the first.
import type pg from 'pg';
import { inTransaction, type Queryable, retryDatabase } from '../db/index.ts';
import { assert } from '../lib/assert.ts';
import { EcsError } from '../lib/errors.ts';
import type { IdempotentAnswer, IdempotentRequest, StoredAnswer } from './idempotent-request.ts';
import { runIdempotentMany } from './save-idempotent-many.ts';

export type TransactionWork = (tx: pg.PoolClient) => Promise<StoredAnswer>;

// A lost race is tried again once; the caller may repeat safely after that.
const ATTEMPTS = 2;

/** Runs `work` in a transaction, once per key where one is given. When `work` throws, nothing is kept, the key neither. */
export async function runIdempotent(
  pool: pg.Pool,
  request: IdempotentRequest | null,
  work: TransactionWork,
): Promise<IdempotentAnswer> {
  return retryDatabase(() => inTransaction(pool, (tx) => runOnce(tx, request, work)), { attempts: ATTEMPTS });
}

async function runOnce(
  tx: pg.PoolClient,
  claim: IdempotentRequest | null,
  work: TransactionWork,
): Promise<IdempotentAnswer> {
  const [outcome] = await runIdempotentMany(tx, [{ request: work, claim }], async () => [await work(tx)]);
  assert(outcome !== undefined, 'each request has its outcome');
  if (outcome instanceof EcsError) throw outcome;
  return outcome;
}

/** Forgets answers that were kept for longer than `keptForMs`, in bounded bites; gives back how many. */
export async function pruneIdempotencyKeys(db: Queryable, keptForMs: number): Promise<number> {
  const { rowCount } = await db.query(
    `delete from idempotency_keys where (owner, route, idempotency_key) in (
       select owner, route, idempotency_key from idempotency_keys
       where created_at < now() - make_interval(secs => $1) order by created_at limit 10000)`,
    [keptForMs / 1000],
  );
  return rowCount ?? 0;
}
