// One page of a list and the way to the next: a cursor holds the sort key of the last item, so that pages stay stable
// while new items arrive.
import { EcsError } from '../lib/errors.ts';

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Opaque; null on the last page. */
  readonly nextCursor: string | null;
}

export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** `items` holds one more than `limit` where there is a next page. */
export function toPage<Item>(
  items: readonly Item[],
  limit: number,
  sortKeyOf: (item: Item) => readonly string[],
): Page<Item> {
  const shown = items.slice(0, limit);
  const last = shown.at(-1);
  const nextCursor = items.length > limit && last !== undefined ? encodeCursor(sortKeyOf(last)) : null;
  return { items: shown, nextCursor };
}

function encodeCursor(sortKey: readonly string[]): string {
  return Buffer.from(JSON.stringify(sortKey)).toString('base64url');
}

/** The sort key: an instant and `others` strings; nulls where there is no cursor. Not ours: ECS_REQUEST_INVALID. */
export function parseCursor(cursor: string | undefined, others: number): readonly (string | null)[] {
  if (cursor === undefined) return new Array<null>(others + 1).fill(null);
  const sortKey = parseSortKey(cursor);
  if (sortKey?.length !== others + 1 || !isInstant(sortKey[0] ?? ''))
    throw new EcsError('ECS_REQUEST_INVALID', 'cursor is not one that this list gave out');
  return sortKey;
}

/** PostgreSQL holds no zero character. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0');
}

/** Exactly as it was given out: the database reads this text. */
function isInstant(text: string): boolean {
  const timeMs = Date.parse(text);
  return !Number.isNaN(timeMs) && new Date(timeMs).toISOString() === text;
}

function parseSortKey(cursor: string): string[] | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) && value.every(isText) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
