// CSV records as rows to learn from: features by the spec, the outcome, and which rows are set aside. Pure; every
// refusal names the row and the column.
import {
  cardLedgerRowToStatements,
  computeFeatures,
  parseCardLedgerRow,
  STATEMENT_WINDOW,
} from '../../ledger/index.ts';
import { EcsError, isEcsError } from '../../lib/errors.ts';
import type { TrainingSpec } from '../training-spec.ts';

export type CsvRecord = Readonly<Record<string, string>>;

export interface TrainingTable {
  /** One vector per row, in the spec's order of features; NaN is missing. */
  readonly features: readonly Float64Array[];
  /** 1 is a default. */
  readonly target: Uint8Array;
  /** The record a row came from, with its splits: for choosing rows, never for inputs. */
  readonly columns: readonly CsvRecord[];
}

/** The features look at the order of statements only, so any six instants a month apart do. */
const CLOSED_AT_MS: readonly number[] = Array.from({ length: STATEMENT_WINDOW }, (_, month) =>
  Date.UTC(2005, 3 + month, 28),
);

export function buildTrainingTable(
  records: readonly CsvRecord[],
  splits: readonly CsvRecord[] | null,
  spec: TrainingSpec,
): TrainingTable {
  const splitById = splits === null ? null : indexById(splits, spec, 'splits file');
  if (spec.idColumn !== null) indexById(records, spec, 'data file');
  const target = new Uint8Array(records.length);
  const features: Float64Array[] = [];
  const columns: CsvRecord[] = [];
  records.forEach((record, row) => {
    const id = (spec.idColumn === null ? undefined : record[spec.idColumn]) ?? `number ${row + 1}`;
    target[row] = readTarget(record, spec, id);
    features.push(readFeatures(record, spec, id));
    const split = splitById?.get(id);
    if (splitById !== null && split === undefined) throw invalid(`row ${id} is not in the splits file`, { id });
    columns.push(split === undefined ? record : { ...record, ...split });
  });
  return { features, target, columns };
}

/**
 * `all`, `training` (everything that is not set aside), or a column: the rows that read 1 there. Rows of one outcome
 * alone are refused: nothing can be learned from them or measured on them.
 */
export function selectRows(table: TrainingTable, spec: TrainingSpec, rows: string): TrainingTable {
  const chosen = chooseRows(table, spec, rows);
  const defaults = chosen.target.reduce((sum, value) => sum + value, 0);
  if (defaults === 0 || defaults === chosen.target.length) {
    throw invalid(`${chosen.target.length} rows (${rows}) with ${defaults} defaults: both outcomes are needed`, {
      rows,
    });
  }
  return chosen;
}

function chooseRows(table: TrainingTable, spec: TrainingSpec, rows: string): TrainingTable {
  if (rows === 'all') return table;
  const column = rows === 'training' ? spec.holdoutColumn : rows;
  if (column === null) return table;
  if (table.columns.some((record) => record[column] === undefined)) {
    throw invalid(`there is no column ${column}; name the file that has it with --splits`, { column });
  }
  const wanted = (record: CsvRecord) => (record[column] === '1') !== (rows === 'training');
  const kept = Array.from(table.columns.keys()).filter((row) => wanted(table.columns[row] ?? {}));
  return {
    features: kept.map((row) => table.features[row] ?? new Float64Array()),
    target: Uint8Array.from(kept, (row) => table.target[row] ?? 0),
    columns: kept.map((row) => table.columns[row] ?? {}),
  };
}

function indexById(records: readonly CsvRecord[], spec: TrainingSpec, file: string): Map<string, CsvRecord> {
  const { idColumn } = spec;
  if (idColumn === null) throw invalid(`the spec names no id column to join the ${file} by`, { file });
  const byId = new Map<string, CsvRecord>();
  for (const record of records) {
    const id = record[idColumn];
    if (id === undefined || id === '') throw invalid(`the ${file} has a row without ${idColumn}`, { column: idColumn });
    if (byId.has(id)) throw invalid(`the ${file} has row ${id} twice`, { id });
    byId.set(id, record);
  }
  return byId;
}

function readTarget(record: CsvRecord, spec: TrainingSpec, id: string): 0 | 1 {
  const text = record[spec.target.column];
  if (text === spec.target.bad) return 1;
  if (text === spec.target.good) return 0;
  throw invalid(`row ${id}: column ${spec.target.column} is neither ${spec.target.bad} nor ${spec.target.good}`, {
    id,
  });
}

function readFeatures(record: CsvRecord, spec: TrainingSpec, id: string): Float64Array {
  if (spec.kind === 'numeric') {
    return Float64Array.from(spec.features, (feature) => readNumber(record, feature.column ?? '', id));
  }
  try {
    const statements = cardLedgerRowToStatements(parseCardLedgerRow(record), CLOSED_AT_MS);
    return computeFeatures(statements, spec.referenceUnitMinor);
  } catch (cause) {
    if (!isEcsError(cause)) throw cause;
    throw new EcsError(cause.code, `row ${id}: ${cause.message}`, { cause, facts: { ...cause.facts, id } });
  }
}

function readNumber(record: CsvRecord, column: string, id: string): number {
  const text = record[column];
  if (text === undefined) throw invalid(`there is no column ${column}`, { column });
  if (text === '') return Number.NaN;
  const value = Number(text);
  if (!Number.isFinite(value)) throw invalid(`row ${id}: column ${column} is not a number`, { id, column });
  return value;
}

function invalid(message: string, facts: Record<string, string>): EcsError {
  return new EcsError('ECS_FILE_INVALID', message, { facts });
}
