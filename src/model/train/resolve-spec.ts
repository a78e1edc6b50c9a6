// What a spec leaves open, read off the data: which columns are features, which of them are numbers, what bad is called.
// Every refusal names the column.
import { EcsError } from '../../lib/errors.ts';
import { makeFeatureName } from '../feature-name.ts';
import type { FeatureSpec, ResolvedSpec, TrainingSpec } from '../training-spec.ts';
import { guessBad } from './bad-words.ts';
import { type CsvRecord, nameRow } from './csv-record.ts';
import { missingTest, readNumber } from './read-cell.ts';
import { noColumn } from './read-columns.ts';
import { passesFilter } from './training-table.ts';

/** As exports write it; learned like any other value, so a word too many costs nothing. */
const MISSING_WORDS = [
  '',
  'na',
  'n/a',
  '#n/a',
  'n.a.',
  '<na>',
  'nan',
  'nat',
  'null',
  'nil',
  'none',
  '?',
  '.',
  '-',
].concat('missing', 'unknown');
/** As many different numbers are no levels of a category. */
const LEVELS_MAX = 200;

export function resolveSpec(spec: TrainingSpec, all: readonly CsvRecord[]): ResolvedSpec {
  const first = all[0];
  if (first === undefined) throw invalid('there are no rows below the header line', '');
  // A filter may stand on a column that only the splits file has: then it cannot choose here.
  const isHere = spec.rowFilter === null || first[spec.rowFilter.column] !== undefined;
  const records = isHere ? all.filter((record) => passesFilter(record, spec)) : all;
  if (records.length === 0) throw invalid(`none of ${all.length} rows passes the row filter`, spec.rowFilter?.column);
  const { column } = spec.target;
  if (spec.kind === 'card_ledger') requireLedger(spec, first);
  // A word for bad may belong to a column of the splits file.
  if (spec.target.bad === undefined && first[column] === undefined) throw noColumn(column, first);
  const missingCodes =
    spec.kind === 'columns' ? [...new Set([...MISSING_WORDS, ...spec.missingCodes])] : spec.missingCodes;
  const features = (spec.features ?? inferFeatures(spec, all, first)).map((feature) => {
    const hinted = withHints(spec, feature);
    return {
      ...hinted,
      type:
        hinted.type ?? (spec.kind === 'card_ledger' ? 'number' : typeOf(hinted, records, missingTest(missingCodes))),
    };
  });
  requireHintsUsed(spec, features);
  for (const feature of features) {
    if (feature.type === 'category' && feature.monotone !== 'free') {
      throw invalid(
        `column ${feature.column} holds words, so it cannot be monotone ${feature.monotone}`,
        feature.column,
      );
    }
  }
  const bad = spec.target.bad ?? guessBad(spec.target, records, missingTest(missingCodes));
  return { ...spec, missingCodes, features, target: { ...spec.target, bad } };
}

/** All columns that the spec does not use otherwise; one that only counts the rows would be learned by heart. */
function inferFeatures(spec: TrainingSpec, records: readonly CsvRecord[], first: CsvRecord): FeatureSpec[] {
  for (const column of spec.neverInputs) if (first[column] === undefined) throw noColumn(column, first);
  const { target, idColumn, holdoutColumn, rowFilter, neverInputs } = spec;
  const taken = new Set([target.column, idColumn, holdoutColumn, rowFilter?.column, ...neverInputs]);
  const columns = Object.keys(first).filter((column) => !taken.has(column) && !countsRows(column, records));
  if (columns.length === 0) throw invalid('the data have no column that could be a feature', '');
  if (columns.length > FEATURES_MAX) {
    throw invalid(
      `${columns.length} columns could be features, a model reads at most ${FEATURES_MAX}: list them under features`,
      '',
    );
  }
  const names = new Set<string>();
  return columns.map((column) => {
    const name = makeFeatureName(column, names);
    names.add(name);
    return { name, column, monotone: 'free' as const };
  });
}

const FEATURES_MAX = 256;

function countsRows(column: string, records: readonly CsvRecord[]): boolean {
  const from = readNumber(records[0]?.[column] ?? '');
  return records.length > 1 && records.every((record, row) => readNumber(record[column] ?? '') === from + row);
}

function withHints({ monotone, specialValues }: TrainingSpec, feature: FeatureSpec): FeatureSpec {
  const column = feature.column ?? '';
  const direction = feature.monotone === 'free' ? (monotone?.[column] ?? 'free') : feature.monotone;
  const codes = feature.specialValues ?? specialValues?.[column];
  return { ...feature, monotone: direction, ...(codes === undefined ? {} : { specialValues: codes }) };
}

function requireHintsUsed({ monotone, specialValues }: TrainingSpec, features: readonly FeatureSpec[]): void {
  const columns = new Set(features.map(({ column }) => column));
  for (const [field, hints] of Object.entries({ monotone, specialValues })) {
    const unused = Object.keys(hints ?? {}).find((column) => !columns.has(column));
    if (unused !== undefined) throw invalid(`${field} names the column ${unused}, which is no feature`, unused);
  }
}

function typeOf(
  feature: FeatureSpec,
  records: readonly CsvRecord[],
  isMissing: (text: string) => boolean,
): 'number' | 'category' {
  const column = feature.column ?? '';
  const numbers = new Set<number>();
  let word: { readonly text: string; readonly place: string } | null = null;
  for (const [row, record] of records.entries()) {
    const text = record[column];
    if (text === undefined) throw noColumn(column, record);
    const value = readNumber(text);
    if (!Number.isNaN(value)) {
      if (numbers.size <= LEVELS_MAX) numbers.add(value);
    } else if (word === null && !isMissing(text)) word = { text, place: nameRow(record, row, null) };
    if (word !== null && numbers.size > LEVELS_MAX) {
      throw invalid(
        `${word.place}: column ${column} reads "${word.text}" where other rows hold numbers: name it in missingCodes, or give the feature "type": "category"`,
        column,
      );
    }
  }
  return word === null ? 'number' : 'category';
}

/** Whoever names no spec has asked for a card ledger without knowing it. */
function requireLedger({ idColumn, target }: TrainingSpec, first: CsvRecord): void {
  const wanted = [idColumn, target.column].filter((column) => column !== null);
  if (wanted.some((column) => first[column] !== undefined)) return;
  throw invalid(
    `no column is called ${wanted.join(' or ')}, so this is no card ledger, which is what the shipped spec reads; ` +
      'any other table needs a spec of its own, of which {"target": "COLUMN"} is one (--spec)',
    target.column,
  );
}

function invalid(message: string, column: string | undefined): EcsError {
  return new EcsError('ECS_FILE_INVALID', message, { facts: { column: column ?? '' } });
}
