// Which protected column to look at, and into which groups its values fall: as they are, or numbers cut at given edges.
import { EcsError } from '../../lib/errors.ts';

export interface GroupColumn {
  readonly column: string;
  /** Rising; empty: every value is a group of its own. */
  readonly edges: readonly number[];
}

/** `SEX,AGE:30,40,50`: numbers behind a column with a colon are its edges. */
export function parseGroupColumns(text: string): GroupColumn[] {
  const columns: { column: string; edges: number[] }[] = [];
  for (const part of text.split(',').map((one) => one.trim())) {
    const open = columns.at(-1);
    if (open !== undefined && open.edges.length > 0 && isNumber(part)) {
      open.edges.push(Number(part));
      continue;
    }
    const [column = '', first, ...rest] = part.split(':');
    if (column === '' || rest.length > 0 || (first !== undefined && !isNumber(first))) throw unreadable(text, part);
    columns.push({ column, edges: first === undefined ? [] : [Number(first)] });
  }
  for (const { column, edges } of columns) {
    if (edges.some((edge, index) => index > 0 && edge <= (edges[index - 1] ?? 0))) throw unreadable(text, column);
  }
  return columns;
}

function isNumber(text: string): boolean {
  return /^-?\d+(\.\d+)?$/.test(text);
}

function unreadable(text: string, part: string): EcsError {
  return new EcsError(
    'ECS_REQUEST_INVALID',
    `${text}: ${part} is not a column, nor a column with rising edges such as AGE:30,40,50`,
    { facts: { part } },
  );
}

export const UNKNOWN_GROUP = 'unknown';

/** What a row says in the column; `unknown` for an empty cell. */
export function groupOf(text: string, { column, edges }: GroupColumn): string {
  if (text === '') return UNKNOWN_GROUP;
  if (edges.length === 0) return text;
  const value = Number(text);
  if (Number.isNaN(value)) {
    throw new EcsError('ECS_FILE_INVALID', `column ${column} holds ${text}, which is no number to cut at edges`, {
      facts: { column },
    });
  }
  const above = edges.findIndex((edge) => value < edge);
  if (above === 0) return `under ${edges[0]}`;
  return above === -1 ? `${edges.at(-1)} and over` : `${edges[above - 1]} to ${edges[above]}`;
}
