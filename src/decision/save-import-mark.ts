// The mark of a running import: while it stands nothing is decided by itself, so that nobody is judged on half a history.
import type { Queryable } from '../db/index.ts';
import { EcsError } from '../lib/errors.ts';

export interface ImportMark {
  readonly importId: string;
  readonly inputSha256: string;
  readonly customers: number;
  readonly startedAt: string;
}

interface ImportRow {
  readonly import_id: string;
  readonly input_sha256: string;
  readonly customers: number;
  readonly started_at: Date;
}

/** Takes the mark, or goes on under it where the same input was cut off. Another input's import: ECS_IMPORT_RUNNING. */
export async function beginImport(
  db: Queryable,
  mark: { importId: string; inputSha256: string; customers: number },
  nowMs: number,
): Promise<ImportMark> {
  await insertImport(db, mark, nowMs);
  const running = await loadRunningImport(db);
  if (running?.inputSha256 === mark.inputSha256) return running;
  throw new EcsError(
    'ECS_IMPORT_RUNNING',
    'Another import has begun and not ended. Run that one again to its end, or give it up with `ecs import abandon`.',
    { facts: { running } },
  );
}

async function insertImport(
  db: Queryable,
  mark: { importId: string; inputSha256: string; customers: number },
  nowMs: number,
): Promise<void> {
  await db.query(
    `insert into imports (import_id, input_sha256, state, customers, started_at)
     values ($1, $2, 'running', $3, $4)
     on conflict (state) where state = 'running' do nothing`,
    [mark.importId, mark.inputSha256, mark.customers, new Date(nowMs)],
  );
}

export async function loadRunningImport(db: Queryable): Promise<ImportMark | null> {
  const { rows } = await db.query<ImportRow>({
    name: 'decision-load-running-import',
    text: `select import_id, input_sha256, customers, started_at from imports where state = 'running'`,
  });
  return rows[0] === undefined ? null : toMark(rows[0]);
}

/** When this very input was imported, or began to be, for the first time; null where it never was. */
export async function loadFirstImport(db: Queryable, inputSha256: string): Promise<ImportMark | null> {
  const { rows } = await db.query<ImportRow>(
    `select import_id, input_sha256, customers, started_at from imports
     where input_sha256 = $1 order by started_at limit 1`,
    [inputSha256],
  );
  return rows[0] === undefined ? null : toMark(rows[0]);
}

function toMark(row: ImportRow): ImportMark {
  return {
    importId: row.import_id,
    inputSha256: row.input_sha256,
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
