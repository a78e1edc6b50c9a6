// What time it is for a batch: our clock, unless records seem to come from the future. Then either the producer's clock or
// ours is wrong, and the database, which everybody shares, tells which: a process whose clock lies behind would otherwise
// refuse every event as one of the future.
import { loadDatabaseTime, type Queryable } from '../db/index.ts';
import { MINUTE_MS } from '../lib/clock.ts';
import type { IncomingRecord } from './incoming.ts';

/** Clocks differ a little; only more than this is worth a question. */
const AHEAD_MS_MAX = MINUTE_MS;

export async function loadBatchTime(db: Queryable, records: readonly IncomingRecord[], ownMs: number): Promise<number> {
  const isOrdinary = records.every(({ acceptedAtMs }) => acceptedAtMs <= ownMs + AHEAD_MS_MAX);
  return isOrdinary ? ownMs : Math.max(ownMs, await loadDatabaseTime(db));
}
