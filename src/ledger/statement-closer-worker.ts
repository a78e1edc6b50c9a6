// Closes statement periods that have ended, for customers whose lender sends no statements: batch by batch, each in its
// own transaction, and any number of closers side by side.
import type pg from 'pg';
import { inTransaction, retryDatabase } from '../db/index.ts';
import { type Clock, HOUR_MS, MINUTE_MS } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { saveClosedStatements } from './save-closed-statements.ts';

export interface StatementCloserOptions {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly log: Log;
  /** How long after a month's end late transactions are waited for; default one hour. */
  readonly graceMs?: number;
  readonly pollMs?: number;
  /** Accounts a transaction. */
  readonly batchSize?: number;
}

export interface StatementCloser {
  start(): void;
  /** Resolves when the batch under way has ended. */
  stop(): Promise<void>;
  /** Closes everything due at `nowMs`; gives back how many statements that were. */
  closeDue(nowMs: number): Promise<number>;
}

export function createStatementCloser(options: StatementCloserOptions): StatementCloser {
  const { pool, clock, log, graceMs = HOUR_MS, pollMs = MINUTE_MS, batchSize = 500 } = options;
  let running = false;
  let timer: NodeJS.Timeout | undefined;
  let underWay: Promise<void> = Promise.resolve();
  let stopping = new AbortController();

  async function closeDue(nowMs: number): Promise<number> {
    let total = 0;
    while (!stopping.signal.aborted) {
      const closeBatch = () => inTransaction(pool, (tx) => saveClosedStatements(tx, { nowMs, graceMs, batchSize }));
      const closed = await retryDatabase(closeBatch, { signal: stopping.signal });
      if (closed === 0) break;
      total += closed;
    }
    return total;
  }

  /** A run that fails has changed nothing: what was due then is due at the next one. */
  async function run(): Promise<void> {
    try {
      const closed = await closeDue(clock());
      if (closed > 0) log.info({ statements: closed }, 'statements closed');
    } catch (error) {
      log.error({ err: error, retryInMs: pollMs }, 'closing statements failed, and is tried again');
    }
    if (!running) return;
    timer = setTimeout(() => {
      underWay = run();
    }, pollMs);
  }

  return {
    start() {
      if (running) return;
      running = true;
      stopping = new AbortController();
      underWay = run();
    },
    async stop() {
      running = false;
      stopping.abort();
      clearTimeout(timer);
      await underWay;
    },
    closeDue,
  };
}
