// Lets requests that arrive while a transaction is under way form the next one together: one commit for many, each answered
// only after it. A request that cannot be served fails alone: what broke a shared transaction is tried one by one.
import type pg from 'pg';
import { inTransaction, retryDatabase, toEcsError } from '../db/index.ts';
import { assert } from '../lib/assert.ts';
import { EcsError, type ErrorCode, isEcsError } from '../lib/errors.ts';
import type { IdempotentAnswer } from './idempotent-request.ts';
import { nameOf, runIdempotentMany, type SharedRequest, type SharedWork } from './save-idempotent-many.ts';

export interface SharedTransactionsOptions<Request> {
  readonly pool: pg.Pool;
  readonly work: SharedWork<Request>;
  /** Requests of one turn (a customer) are served one after another, in the order in which they came. */
  readonly turnOf: (request: Request) => string;
  /** Transactions under way at once: while one is in the database, the next is made ready. */
  readonly lanes?: number;
  readonly batchMax?: number;
  readonly waitingMax?: number;
  /** How long a request may wait for its turn before it is refused; nothing was done for it then. */
  readonly patienceMs?: number;
}

export interface SharedTransactions<Request> {
  /** Rejects with what went wrong for this request; ECS_BUSY when too many wait, or it waited too long. */
  run(asked: SharedRequest<Request>): Promise<IdempotentAnswer>;
}

interface Waiting<Request> extends SharedRequest<Request> {
  /** What no two requests under way may have in common. */
  readonly marks: readonly string[];
  readonly sinceMs: number;
  readonly resolve: (answer: IdempotentAnswer) => void;
  readonly reject: (error: unknown) => void;
}

const LANES = 2;
const BATCH_MAX = 64;
const GATHER_MS = 1;
const ANOTHER_LANE_FOR = 32;
const WAITING_MAX = 5_000;
const PATIENCE_MS = 10_000;
const NEIGHBOURS_WAIT_MS = 250;
const ALONE_AT_ONCE = 4;
// A lost race is tried again once; the caller may repeat safely after that.
const ATTEMPTS = 2;

// Every neighbour would meet the same.
const CONCERNS_ALL: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'ECS_DATABASE_UNAVAILABLE',
  'ECS_COMMIT_UNKNOWN',
  'ECS_SHUTTING_DOWN',
  'ECS_IMPORT_RUNNING',
]);

export function shareTransactions<Request>(options: SharedTransactionsOptions<Request>): SharedTransactions<Request> {
  const { lanes = LANES, batchMax = BATCH_MAX, waitingMax = WAITING_MAX, patienceMs = PATIENCE_MS } = options;
  const busy = new Set<string>();
  let waiting: Waiting<Request>[] = [];
  let underWay = 0;
  const suspects: Waiting<Request>[] = [];
  let searching = 0;
  let gathering: NodeJS.Timeout | undefined;

  /** A second lane opens only for a good many: two halves of a handful cost twice the statements of the whole. */
  function startLanes(): void {
    while (underWay < lanes && (underWay === 0 || waiting.length >= ANOTHER_LANE_FOR)) {
      const batch = takeBatch();
      if (batch.length === 0) return;
      underWay += 1;
      // Never rejects: every outcome goes to its request.
      void serve(batch, 'lane').finally(() => {
        underWay -= 1;
        gather(batch.length);
      });
    }
  }

  /** Those who were answered together ask again together: a moment's wait makes one transaction of them instead of two. */
  function gather(answered: number): void {
    if (answered === 1 || waiting.length >= ANOTHER_LANE_FOR) startLanes();
    else gathering ??= setTimeout(endGathering, GATHER_MS);
  }

  function endGathering(): void {
    gathering = undefined;
    startLanes();
  }

  /** The oldest that have nothing in common with each other or with what is under way; the others keep their place. */
  function takeBatch(): Waiting<Request>[] {
    const batch: Waiting<Request>[] = [];
    const oldestMs = performance.now() - patienceMs;
    // A turn that is passed over stays passed over, or a younger request would overtake an older one of its customer.
    const passed = new Set<string>();
    waiting = waiting.filter((one) => {
      if (one.sinceMs < oldestMs) {
        one.reject(new EcsError('ECS_BUSY', 'The request waited too long for its turn; nothing was done.'));
        return false;
      }
      if (batch.length >= batchMax) return true;
      if (one.marks.some((mark) => busy.has(mark) || passed.has(mark))) {
        for (const mark of one.marks) passed.add(mark);
        return true;
      }
      for (const mark of one.marks) busy.add(mark);
      batch.push(one);
      return false;
    });
    return batch;
  }

  async function serve(batch: readonly Waiting<Request>[], where: 'lane' | 'alone'): Promise<void> {
    try {
      settle(batch, await runTogether(options, batch, where));
    } catch (raw) {
      const error = toEcsError(raw);
      if (where === 'lane' && !(isEcsError(error) && CONCERNS_ALL.has(error.code))) {
        suspects.push(...batch);
        searchSuspects();
        return;
      }
      for (const one of batch) one.reject(error);
    }
    for (const one of batch) leave(one);
  }

  /** Beside the lanes: whoever waits long for a lock holds up nobody but those of the same turn. */
  function searchSuspects(): void {
    while (searching < ALONE_AT_ONCE) {
      const one = suspects.shift();
      if (one === undefined) return;
      searching += 1;
      void serve([one], 'alone').finally(() => {
        searching -= 1;
        searchSuspects();
        startLanes();
      });
    }
  }

  function leave(one: Waiting<Request>): void {
    for (const mark of one.marks) busy.delete(mark);
  }

  return {
    run: (asked) =>
      new Promise((resolve, reject) => {
        if (waiting.length >= waitingMax) {
          reject(new EcsError('ECS_BUSY', 'Too many requests wait; nothing was done.'));
          return;
        }
        const marks = [`turn ${options.turnOf(asked.request)}`];
        if (asked.claim !== null) marks.push(`key ${nameOf(asked.claim)}`);
        waiting.push({ ...asked, marks, sinceMs: performance.now(), resolve, reject });
        if (gathering === undefined || waiting.length >= ANOTHER_LANE_FOR) startLanes();
      }),
  };
}

function settle<Request>(batch: readonly Waiting<Request>[], outcomes: readonly (IdempotentAnswer | EcsError)[]): void {
  batch.forEach((one, index) => {
    const outcome = outcomes[index];
    assert(outcome !== undefined, 'each request has its outcome');
    if (outcome instanceof EcsError) one.reject(outcome);
    else one.resolve(outcome);
  });
}

/** In a lane nobody waits for somebody else's lock; whose lock it is waits alone, as long as any transaction would. */
async function runTogether<Request>(
  { pool, work }: SharedTransactionsOptions<Request>,
  batch: readonly Waiting<Request>[],
  where: 'lane' | 'alone',
): Promise<readonly (IdempotentAnswer | EcsError)[]> {
  const run = (tx: pg.PoolClient) => runIdempotentMany(tx, batch, work);
  const waits = where === 'lane' ? { lockTimeoutMs: NEIGHBOURS_WAIT_MS } : {};
  return retryDatabase(() => inTransaction(pool, run, waits), { attempts: where === 'lane' ? 1 : ATTEMPTS });
}
