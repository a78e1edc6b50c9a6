// How much of a table to look at for about so many of its rows: small tables whole, of large ones some pages, thinned
// so that not all rows of a page are neighbours. The planner's own estimate is enough for that.
import type { Queryable } from '../db/index.ts';

export interface SampleShare {
  /** Of the table's pages, for `tablesample system`. */
  readonly percent: number;
  /** Of the rows on them, in 1/1,000,000: those whose hash lies below. */
  readonly thinTo: number;
}

/** So many times more rows are on the pages than are kept. */
const SPREAD = 8;
/** Where the planner has not counted yet. */
const ROWS_PER_PAGE = 80;

export async function loadSampleShare(
  db: Queryable,
  table: 'customers' | 'outcomes',
  rowsWanted: number,
): Promise<SampleShare> {
  const { rows } = await db.query<{ rows: number; pages: number }>(
    `select reltuples::float8 as rows, (pg_relation_size(oid) / current_setting('block_size')::int8)::float8 as pages
     from pg_class where oid = $1::regclass`,
    [table],
  );
  const found = rows[0] ?? { rows: 0, pages: 0 };
  return planSample(found.rows >= 0 ? found.rows : found.pages * ROWS_PER_PAGE, rowsWanted);
}

export function planSample(rows: number, rowsWanted: number): SampleShare {
  if (rows <= rowsWanted) return { percent: 100, thinTo: 1_000_000 };
  const share = rowsWanted / rows;
  const pages = Math.min(1, share * SPREAD);
  return { percent: 100 * pages, thinTo: Math.max(1, Math.round((share / pages) * 1_000_000)) };
}
