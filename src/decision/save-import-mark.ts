// The mark of a running import: while it stands nothing is decided by itself, so that nobody is judged on half a history.
import type { Queryable } from '../db/index.ts';
import { EcsError } from '../lib/errors.ts';

export interface ImportMark {
  readonly importId: string;
  readonly fileSha256: string;
  readonly customers: number;
  readonly startedAt: string;
}

interface ImportRow {
  readonly import_id: string;
  readonly file_sha256: string;
  readonly customers: number;
  readonly started_at: Date;
}

/** Takes the mark, or goes on under it where the same file was cut off. Another file's import: ECS_IMPORT_RUNNING. */
export async function beginImport(
  db: Queryable,
  mark: { importId: string; fileSha256: string; customers: number },
  nowMs: number,
): Promise<ImportMark> {
  await insertImport(db, mark, nowMs);
  const running = await loadRunningImport(db);
  if (running?.fileSha256 === mark.fileSha256) return running;
  throw new EcsError(
    'ECS_IMPORT_RUNNING',
    'Another import has begun and not ended. Run that one again to its end, or give it up with `ecs import abandon`.',
    { facts: { running } },
  );
}

async function insertImport(
  db: Queryable,
  mark: { importId: string; fileSha256: string; customers: number },
  nowMs: number,
): Promise<void> {
  await db.query(
    `insert into imports (import_id, file_sha256, state, customers, started_at)
     values ($1, $2, 'running', $3, $4)
     on conflict (state) where state = 'running' do nothing`,
    [mark.importId, mark.fileSha256, mark.customers, new Date(nowMs)],
  );
}

export async function loadRunningImport(db: Queryable): Promise<ImportMark | null> {
  const { rows } = await db.query<ImportRow>(
    `select import_id, file_sha256, customers, started_at from imports where state = 'running'`,
  );
  const row = rows[0];
  if (row === undefined) return null;
  return {
    importId: row.import_id,
    fileSha256: row.file_sha256,
    customers: row.customers,
    startedAt: row.started_at.toISOString(),
  };
}

/** Lets go: what was queued meanwhile is decided now. False where no import was running. */
export async function endImport(db: Queryable, state: 'completed' | 'abandoned', nowMs: number): Promise<boolean> {
  const { rowCount } = await db.query(`update imports set state = $1, ended_at = $2 where state = 'running'`, [
    state,
    new Date(nowMs),
  ]);
  return rowCount === 1;
}
