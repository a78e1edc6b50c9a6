// Which of a target's two values is the bad one, where the words say so themselves; 1 and 2, or anything else, is for the
// spec to say.
import { EcsError } from '../../lib/errors.ts';
import type { TrainingSpec } from '../training-spec.ts';
import type { CsvRecord } from './csv-record.ts';
import { readNumber } from './read-cell.ts';

const BAD_AND_GOOD: ReadonlyMap<string, string> = new Map([
  ['1', '0'],
  ['true', 'false'],
  ['t', 'f'],
  ['yes', 'no'],
  ['y', 'n'],
  ['bad', 'good'],
  ['default', 'paid'],
]);

export function guessBad(
  { column }: TrainingSpec['target'],
  records: readonly CsvRecord[],
  isMissing: (text: string) => boolean,
): string {
  const values = new Set(records.map((record) => record[column] ?? ''));
  const known = [...values].filter((text) => !isMissing(text));
  const plain = [...new Set(known.map(plainly))];
  const bad = plain.find((word) => plain.length === 2 && plain.includes(BAD_AND_GOOD.get(word) ?? ''));
  if (bad !== undefined) return bad;
  const shown = [...values].slice(0, 5).join(', ');
  throw new EcsError(
    'ECS_FILE_INVALID',
    `target.bad must say which value of ${column} is the bad one; it holds ${shown}`,
    { facts: { column } },
  );
}

function plainly(text: string): string {
  const value = readNumber(text);
  return Number.isNaN(value) ? text.toLowerCase() : String(value);
}
