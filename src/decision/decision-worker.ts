// Works the queue of re-decisions off, in batches. A customer that cannot be decided is found by halving the batch, put
// back with a growing pause, and holds up nobody else.
import type pg from 'pg';
import { toEcsError } from '../db/index.ts';
import { type Clock, HOUR_MS, SECOND_MS } from '../lib/clock.ts';
import { type ErrorCode, isEcsError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { pause } from '../lib/pause.ts';
import { type ClaimedCustomer, claimQueued, releaseQueued, saveQueueFailure } from './claim-queued.ts';
import type { Decider } from './decider.ts';

export interface DecisionWorkerOptions {
  readonly pool: pg.Pool;
  readonly decider: Pick<Decider, 'decideMany'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Customers a transaction; 1,000 where absent. */
  readonly batchSize?: number;
  /** Batches under way at once; two where absent, so that one is decided while another is written. */
  readonly lanes?: number;
  readonly pollMs?: number;
  /** Called after decisions were committed: there is something to tell. */
  readonly onDecided?: () => void;
}

export interface DecisionWorker {
  start(): void;
  stop(): Promise<void>;
  /** Decides until nothing is due; gives back how many customers were decided. */
  drain(): Promise<number>;
}

/** After this long a claim is taken to belong to a process that died. */
const CLAIM_MS = 30 * SECOND_MS;
const OUTAGE_PAUSE_MS = SECOND_MS;

// Not the customer's fault: the whole batch waits.
const OUTAGES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'ECS_DATABASE_UNAVAILABLE',
  'ECS_COMMIT_UNKNOWN',
  'ECS_SHUTTING_DOWN',
  // A champion that this program cannot use: no customer can be decided here until that is mended.
  'ECS_MODEL_INVALID',
]);

export function createDecisionWorker(options: DecisionWorkerOptions): DecisionWorker {
  const { batchSize = 1_000, lanes = 2, pollMs = 250 } = options;
  const stopping = new AbortController();
  let running: Promise<unknown> | undefined;

  async function run(): Promise<void> {
    // Claimed when the trouble began: given back as soon as it is over, instead of when the claims have run out. What was
    // decided after all is off the queue by then.
    let owed: readonly ClaimedCustomer[] = [];
    while (!stopping.signal.aborted) {
      try {
        if (owed.length > 0) await releaseQueued(options.pool, owed, options.clock());
        owed = await claimBatch(options, batchSize);
        if (owed.length === 0) await pause(pollMs, stopping.signal);
        else await decideClaimed(options, owed);
        owed = [];
      } catch (error) {
        options.log.error({ err: error }, 'decisions wait: the queue cannot be worked off');
        await pause(OUTAGE_PAUSE_MS, stopping.signal);
      }
    }
  }

  async function drainLane(): Promise<number> {
    let total = 0;
    for (;;) {
      const claimed = await claimBatch(options, batchSize);
      if (claimed.length === 0) return total;
      total += await decideClaimed(options, claimed);
    }
  }

  const inLanes = <T>(work: () => Promise<T>) => Promise.allSettled(Array.from({ length: lanes }, work));

  return {
    start() {
      running ??= inLanes(run);
    },
    async stop() {
      stopping.abort();
      await running;
    },
    async drain() {
      // Every lane comes to its end before a failure of one is told: nothing goes on behind the caller's back.
      const ends = await inLanes(drainLane);
      return ends.reduce((total, end) => {
        if (end.status === 'rejected') throw end.reason;
        return total + end.value;
      }, 0);
    },
  };
}

function claimBatch(options: DecisionWorkerOptions, limit: number): Promise<ClaimedCustomer[]> {
  const nowMs = options.clock();
  return claimQueued(options.pool, { nowMs, untilMs: nowMs + CLAIM_MS, limit });
}

/** Gives back how many were decided. */
async function decideClaimed(options: DecisionWorkerOptions, claimed: readonly ClaimedCustomer[]): Promise<number> {
  try {
    const decided = await options.decider.decideMany(claimed);
    if (decided > 0) options.onDecided?.();
    return decided;
  } catch (raw) {
    const error = toEcsError(raw);
    if (isEcsError(error, 'ECS_IMPORT_RUNNING')) {
      await releaseQueued(options.pool, claimed, options.clock());
      return 0;
    }
    if (isEcsError(error) && OUTAGES.has(error.code)) throw error;
    return isolate(options, claimed, error);
  }
}

async function isolate(
  options: DecisionWorkerOptions,
  claimed: readonly ClaimedCustomer[],
  error: unknown,
): Promise<number> {
  const [only] = claimed;
  if (claimed.length === 1 && only !== undefined) {
    await putBack(options, only, error);
    return 0;
  }
  const middle = Math.ceil(claimed.length / 2);
  const first = await decideClaimed(options, claimed.slice(0, middle));
  return first + (await decideClaimed(options, claimed.slice(middle)));
}

async function putBack(options: DecisionWorkerOptions, customer: ClaimedCustomer, error: unknown): Promise<void> {
  const message = error instanceof Error ? error.message : String(error);
  const pauseMs = Math.min(SECOND_MS * 2 ** Math.min(customer.attempts, 20), HOUR_MS);
  options.log.error({ err: error, customerId: customer.customerId, pauseMs }, 'a customer could not be decided');
  await saveQueueFailure(options.pool, customer, { error: message, notBeforeMs: options.clock() + pauseMs });
}
