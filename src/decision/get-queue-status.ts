// How the queue of re-decisions stands; reads the database only.
import type { Queryable } from '../db/index.ts';

export interface QueueStatus {
  readonly waiting: number;
  readonly due: number;
  /** Rows that failed at least once. */
  readonly failing: number;
  readonly oldestQueuedAt: string | null;
  readonly lastError: string | null;
  readonly importRunning: boolean;
}

interface StatusRow {
  readonly waiting: number;
  readonly due: number;
  readonly failing: number;
  readonly oldest: Date | null;
  readonly last_error: string | null;
  readonly importing: boolean;
}

export async function getQueueStatus(db: Queryable, nowMs: number): Promise<QueueStatus> {
  const { rows } = await db.query<StatusRow>({
    name: 'decision-queue-status',
    text: `
      select count(*) as waiting, count(*) filter (where not_before <= $1) as due,
        count(*) filter (where attempts > 0) as failing, min(queued_at) as oldest,
        (array_agg(last_error order by not_before desc) filter (where attempts > 0))[1] as last_error,
        exists (select 1 from imports where state = 'running') as importing
      from decision_queue`,
    values: [new Date(nowMs)],
  });
  const row = rows[0];
  return {
    waiting: row?.waiting ?? 0,
    due: row?.due ?? 0,
    failing: row?.failing ?? 0,
    oldestQueuedAt: row?.oldest?.toISOString() ?? null,
    lastError: row?.last_error ?? null,
    importRunning: row?.importing ?? false,
  };
}
