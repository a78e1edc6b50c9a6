// Closes statement periods that have ended, for customers whose lender sends no statements.
import type pg from 'pg';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';

export interface StatementCloserOptions {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly log: Log;
  /** How long after a month's end late transactions are waited for; default one hour. */
  readonly graceMs?: number;
  readonly pollMs?: number;
  readonly batchSize?: number;
}

export interface StatementCloser {
  start(): void;
  /** Resolves when the batch under way has ended. */
  stop(): Promise<void>;
  /** Closes everything due at `nowMs`; gives back how many statements that were. */
  closeDue(nowMs: number): Promise<number>;
}

export function createStatementCloser(_options: StatementCloserOptions): StatementCloser {
  throw new Error('being written');
}
