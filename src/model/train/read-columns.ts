// Cells of a CSV as values: numbers as they are, words by the place of their level, not known as NaN.
import { EcsError } from '../../lib/errors.ts';
import type { FeatureSpec, ResolvedSpec } from '../training-spec.ts';
import type { CsvRecord } from './csv-record.ts';
import { missingTest, readNumber } from './read-cell.ts';

/** A feature has at most 256 bins; rarer levels than these share the one for all others. */
const LEVELS_MAX = 200;

/**
 * The levels of a category that have rows enough, in the order of the alphabet. One more level, the last, stands for all
 * others; words never met before go there too.
 */
export function readLevels(records: readonly CsvRecord[], feature: FeatureSpec, spec: ResolvedSpec): readonly string[] {
  const isMissing = missingTest(spec.missingCodes);
  const rows = new Map<string, number>();
  for (const record of records) {
    const text = cellOf(record, feature);
    if (!isMissing(text)) rows.set(text, (rows.get(text) ?? 0) + 1);
  }
  const common = [...rows].filter(([, count]) => count >= spec.settings.rowsPerBinMin);
  const kept = common.sort(([, one], [, other]) => other - one).slice(0, LEVELS_MAX);
  const levels = kept.map(([level]) => level).sort();
  return [...levels, OTHER_LEVELS];
}

/** Never a cell's own text: cells come trimmed. */
export const OTHER_LEVELS = ' ';

export function readValues(
  records: readonly CsvRecord[],
  spec: Pick<ResolvedSpec, 'features' | 'missingCodes'>,
  levels: readonly (readonly string[] | null)[],
  rowNames: readonly string[],
): Float64Array[] {
  const isMissing = missingTest(spec.missingCodes);
  const places = levels.map((some) => (some === null ? null : placeLevels(some)));
  return records.map((record, row) =>
    Float64Array.from(spec.features, (feature, index) => {
      const text = cellOf(record, feature);
      if (isMissing(text)) return Number.NaN;
      const known = places[index];
      if (known !== null && known !== undefined) {
        return known.get(text) ?? known.get(plainNumber(text)) ?? known.get(OTHER_LEVELS) ?? Number.NaN;
      }
      const value = readNumber(text);
      if (!Number.isNaN(value)) return value;
      const place = rowNames[row] ?? '';
      throw invalid(
        `${place}: column ${feature.column} is not a number: it reads "${text}"; a code for "not known" belongs into missingCodes`,
        { place, column: feature.column ?? '' },
      );
    }),
  );
}

/** A level that is a number is met however it is written: `2.0` is `2`, where `2` is no level beside it. */
function placeLevels(levels: readonly string[]): Map<string, number> {
  const places = new Map(levels.map((level, place) => [level, place]));
  levels.forEach((level, place) => {
    const plain = plainNumber(level);
    if (!places.has(plain)) places.set(plain, place);
  });
  return places;
}

function plainNumber(text: string): string {
  const value = readNumber(text);
  return Number.isNaN(value) ? text : String(value);
}

function cellOf(record: CsvRecord, feature: Pick<FeatureSpec, 'column'>): string {
  const column = feature.column ?? '';
  const text = record[column];
  if (text === undefined) throw noColumn(column, record);
  return text;
}

/** Tells what is there, so that a slip of the pen is seen at once. */
export function noColumn(column: string, record: CsvRecord): EcsError {
  const there = Object.keys(record);
  const shown = there.length > 30 ? [...there.slice(0, 30), `${there.length - 30} more`] : there;
  return invalid(`there is no column ${column}; there are ${shown.join(', ')}`, { column });
}

function invalid(message: string, facts: Record<string, string>): EcsError {
  return new EcsError('ECS_FILE_INVALID', message, { facts });
}
