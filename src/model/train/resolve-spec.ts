// What a spec leaves open, read off the data: which columns are features, which of them are numbers, what bad is called.
// Every refusal names the column.
import { EcsError } from '../../lib/errors.ts';
import type { FeatureSpec, ResolvedSpec, TrainingSpec } from '../training-spec.ts';
import type { CsvRecord } from './csv-record.ts';

export function resolveSpec(spec: TrainingSpec, records: readonly CsvRecord[]): ResolvedSpec {
  const missing = new Set(spec.missingCodes.map((code) => code.toLowerCase()));
  const features = (spec.features ?? otherColumns(spec, records)).map((feature) => ({
    ...feature,
    type: feature.type ?? (spec.kind === 'card_ledger' ? 'number' : typeOf(feature, records, missing)),
  }));
  for (const { column, monotone, type } of features) {
    if (type === 'category' && monotone !== 'free') {
      throw invalid(`column ${column} holds words, so it cannot be monotone ${monotone}`, column ?? '');
    }
  }
  return { ...spec, features, target: { ...spec.target, bad: spec.target.bad ?? guessBad(spec, records) } };
}

function otherColumns(spec: TrainingSpec, records: readonly CsvRecord[]): FeatureSpec[] {
  const taken = new Set([
    spec.target.column,
    spec.idColumn,
    spec.holdoutColumn,
    spec.rowFilter?.column,
    ...spec.neverInputs,
  ]);
  const columns = Object.keys(records[0] ?? {}).filter((column) => !taken.has(column));
  if (columns.length === 0) throw invalid('the data have no column that could be a feature', '');
  const names = new Set<string>();
  return columns.map((column) => {
    const name = freshName(column, names);
    names.add(name);
    return { name, column, monotone: 'free' as const };
  });
}

function freshName(column: string, taken: ReadonlySet<string>): string {
  const words = column
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 60);
  const base = /^[a-z]/.test(words) ? words : `column_${words}`.replace(/_$/, '').slice(0, 60);
  let name = base;
  for (let more = 2; taken.has(name); more += 1) name = `${base}_${more}`;
  return name;
}

function typeOf(
  feature: FeatureSpec,
  records: readonly CsvRecord[],
  missing: ReadonlySet<string>,
): 'number' | 'category' {
  const column = feature.column ?? '';
  if (records.length > 0 && records[0]?.[column] === undefined) throw invalid(`there is no column ${column}`, column);
  const isNumber = records.every((record) => {
    const text = record[column] ?? '';
    return missing.has(text.toLowerCase()) || Number.isFinite(Number(text));
  });
  return isNumber ? 'number' : 'category';
}

function guessBad(spec: TrainingSpec, records: readonly CsvRecord[]): string {
  const { column } = spec.target;
  const values = new Set(records.map((record) => record[column]));
  if (values.has(undefined)) throw invalid(`there is no column ${column}`, column);
  if (values.size === 2 && values.has('0') && values.has('1')) return '1';
  const shown = [...values].slice(0, 5).join(', ');
  throw invalid(`target.bad must say which value of ${column} is the bad one; it holds ${shown}`, column);
}

function invalid(message: string, column: string): EcsError {
  return new EcsError('ECS_FILE_INVALID', message, { facts: { column } });
}
