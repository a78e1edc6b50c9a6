// Forgets stored answers of idempotent requests once no client repeats them any more. Any number may run side by side.
import { type Queryable, toEcsError } from '../db/index.ts';
import { DAY_MS, HOUR_MS } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { pruneIdempotencyKeys } from './save-idempotent.ts';

export interface IdempotencyPrunerOptions {
  readonly pool: Queryable;
  readonly log: Log;
  readonly keptForMs?: number;
  readonly pollMs?: number;
}

export interface IdempotencyPruner {
  start(): void;
  /** Resolves when the run under way has ended. */
  stop(): Promise<void>;
}

export function createIdempotencyPruner(options: IdempotencyPrunerOptions): IdempotencyPruner {
  const { pool, log, keptForMs = DAY_MS, pollMs = HOUR_MS } = options;
  let running = false;
  let timer: NodeJS.Timeout | undefined;
  let underWay: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    try {
      let pruned = 1;
      while (running && pruned > 0) pruned = await pruneIdempotencyKeys(pool, keptForMs);
    } catch (raw) {
      // Nothing depends on it: what is old now is older at the next run.
      log.warn(
        { err: toEcsError(raw), retryInMs: pollMs },
        'forgetting old idempotency keys failed, and is tried again',
      );
    }
    if (running) timer = setTimeout(begin, pollMs);
  }

  function begin(): void {
    underWay = run();
  }

  return {
    start() {
      running = true;
      begin();
    },
    async stop() {
      running = false;
      clearTimeout(timer);
      await underWay;
    },
  };
}
