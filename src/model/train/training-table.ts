// CSV records as rows to learn from: features by the spec, the outcome, and which rows are set aside. Pure; every
// refusal names the row and the column.
import { EcsError } from '../../lib/errors.ts';
import type { ResolvedSpec } from '../training-spec.ts';
import { type CsvRecord, nameRow } from './csv-record.ts';
import { missingTest, readsAs } from './read-cell.ts';
import { noColumn, readLevels, readValues } from './read-columns.ts';
import { cardLedgerRowToFeatures } from './read-ledger-row.ts';

export interface TrainingTable {
  /** One vector per row, in the spec's order of features; NaN is missing. */
  readonly features: readonly Float64Array[];
  /** 1 is a default. */
  readonly target: Uint8Array;
  /** The record a row came from, with its splits: for choosing rows, never for inputs. */
  readonly columns: readonly CsvRecord[];
  /** Per feature the words its values stand for, null for numbers. */
  readonly levels: readonly (readonly string[] | null)[];
}

export function buildTrainingTable(
  records: readonly CsvRecord[],
  splits: readonly CsvRecord[] | null,
  spec: ResolvedSpec,
): TrainingTable {
  const splitById = splits === null ? null : indexById(splits, spec, 'splits file');
  if (spec.idColumn !== null) indexById(records, spec, 'data file');
  const kept = records
    .map((record, row) => joinSplit(record, row, spec, splitById))
    .filter((record) => passesFilter(record, spec));
  if (kept.length === 0) throw invalid(`none of ${records.length} rows passes the row filter`, {});
  // A level that only rows set aside have is none that could be learned.
  const learned = kept.filter((record) => !isSetAside(record, spec));
  const levels = spec.features.map((feature) =>
    feature.type === 'category' ? readLevels(learned, feature, spec) : null,
  );
  const rowNames = kept.map((record, row) => nameRow(record, row, spec.idColumn));
  return {
    features:
      spec.kind === 'card_ledger'
        ? kept.map((record, row) => cardLedgerRowToFeatures(record, spec.referenceUnitMinor, idOf(record, row, spec)))
        : readValues(kept, spec, levels, rowNames),
    target: Uint8Array.from(kept, (record, row) => readTarget(record, spec, rowNames[row] ?? '')),
    columns: kept,
    levels,
  };
}

function isSetAside(record: CsvRecord, spec: ResolvedSpec): boolean {
  return spec.holdoutColumn !== null && isChosen(record, spec, spec.holdoutColumn);
}

/** Whether a row belongs to those that a column names: by the spec's own words where it is that of the rows set aside, else by 1. */
export function isChosen(
  record: CsvRecord,
  { holdoutColumn, holdoutOneOf }: Pick<ResolvedSpec, 'holdoutColumn' | 'holdoutOneOf'>,
  column: string,
): boolean {
  const words = (column === holdoutColumn ? holdoutOneOf : undefined) ?? ['1'];
  return words.some((word) => readsAs(record[column] ?? '', word));
}

function idOf(record: CsvRecord, row: number, spec: ResolvedSpec): string {
  return (spec.idColumn === null ? undefined : record[spec.idColumn]) ?? `number ${row + 1}`;
}

function joinSplit(
  record: CsvRecord,
  row: number,
  spec: ResolvedSpec,
  splitById: Map<string, CsvRecord> | null,
): CsvRecord {
  if (splitById === null) return record;
  const id = idOf(record, row, spec);
  const split = splitById.get(id);
  if (split === undefined) throw invalid(`row ${id} is not in the splits file`, { id });
  return { ...record, ...split };
}

export function passesFilter(record: CsvRecord, { rowFilter }: Pick<ResolvedSpec, 'rowFilter'>): boolean {
  if (rowFilter === null) return true;
  const text = record[rowFilter.column];
  if (text === undefined) throw noColumn(rowFilter.column, record);
  return rowFilter.oneOf.some((word) => readsAs(text, word));
}

/**
 * `all`, `training` (everything that is not set aside), or a column: the rows that read 1 there, or what the spec says
 * that rows set aside read. Rows of one outcome
 * alone are refused: nothing can be learned from them or measured on them.
 */
export function selectRows(table: TrainingTable, spec: ResolvedSpec, rows: string): TrainingTable {
  const chosen = chooseRows(table, spec, rows);
  const defaults = chosen.target.reduce((sum, value) => sum + value, 0);
  if (defaults === 0 || defaults === chosen.target.length) {
    throw invalid(`${chosen.target.length} rows (${rows}) with ${defaults} defaults: both outcomes are needed`, {
      rows,
    });
  }
  return chosen;
}

function chooseRows(table: TrainingTable, spec: ResolvedSpec, rows: string): TrainingTable {
  if (rows === 'all') return table;
  const column = rows === 'training' ? spec.holdoutColumn : rows;
  if (column === null) return table;
  if (table.columns.some((record) => record[column] === undefined)) {
    throw invalid(`there is no column ${column}; name the file that has it with --splits`, { column });
  }
  const wanted = (record: CsvRecord) => isChosen(record, spec, column) !== (rows === 'training');
  const kept = Array.from(table.columns.keys()).filter((row) => wanted(table.columns[row] ?? {}));
  return takeRows(table, kept);
}

export function takeRows(table: TrainingTable, rows: readonly number[]): TrainingTable {
  return {
    features: rows.map((row) => table.features[row] ?? new Float64Array()),
    target: Uint8Array.from(rows, (row) => table.target[row] ?? 0),
    columns: rows.map((row) => table.columns[row] ?? {}),
    levels: table.levels,
  };
}

function indexById(records: readonly CsvRecord[], spec: ResolvedSpec, file: string): Map<string, CsvRecord> {
  const { idColumn } = spec;
  if (idColumn === null) throw invalid(`the spec names no id column to join the ${file} by`, { file });
  const byId = new Map<string, CsvRecord>();
  for (const record of records) {
    const id = record[idColumn];
    if (id === undefined) throw noColumn(idColumn, record);
    if (id === '') throw invalid(`the ${file} has a row without ${idColumn}`, { column: idColumn });
    if (byId.has(id)) throw invalid(`the ${file} has row ${id} twice`, { id });
    byId.set(id, record);
  }
  return byId;
}

function readTarget(record: CsvRecord, { target, missingCodes }: ResolvedSpec, rowName: string): 0 | 1 {
  const { column, bad, good } = target;
  const text = record[column];
  if (text === undefined) throw noColumn(column, record);
  const readsAsOne = (words: string | readonly string[]) => [words].flat().some((one) => readsAs(text, one));
  if (readsAsOne(bad)) return 1;
  if (good === undefined ? !missingTest(missingCodes)(text) : readsAsOne(good)) return 0;
  throw invalid(
    `${rowName}: column ${column} reads "${text}", expected ${[bad].flat().join(', ')} or ${good === undefined ? 'another word that is known' : [good].flat().join(', ')}; a rowFilter on ${column} leaves such rows out`,
    { rowName, column },
  );
}

function invalid(message: string, facts: Record<string, string>): EcsError {
  return new EcsError('ECS_FILE_INVALID', message, { facts });
}
