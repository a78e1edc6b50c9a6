// Rows of a CSV as an artefact reads them: its own columns, codes and levels, whatever the file at hand holds. Levels that are
// looked for in the file itself would stand in other places wherever one of them is absent.
import type { Scorecard } from './scorecard.ts';
import { type CsvRecord, nameRow } from './train/csv-record.ts';
import { OTHER_LEVELS, readValues } from './train/read-columns.ts';
import type { TrainingTable } from './train/training-table.ts';

export function readColumnRows(records: readonly CsvRecord[], artefact: Scorecard): Float64Array[] {
  const features = artefact.features.map(({ name, column, monotone, levels }) => ({
    name,
    column: column ?? name,
    monotone,
    type: levels === undefined ? ('number' as const) : ('category' as const),
  }));
  const levels = artefact.features.map((table) => table.levels?.map((some) => some[0] ?? OTHER_LEVELS) ?? null);
  const rowNames = records.map((record, row) => nameRow(record, row, null));
  return readValues(records, { features, missingCodes: artefact.missingCodes ?? [''] }, levels, rowNames);
}

/** Outcomes and rows are the spec's business, what a cell means is the model's. */
export function readAsModel(artefact: Scorecard, table: TrainingTable): TrainingTable {
  return artefact.kind === 'columns' ? { ...table, features: readColumnRows(table.columns, artefact) } : table;
}
