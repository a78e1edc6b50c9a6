// Writes what became of customers, beside the score and the feelings of the decision before, as the CSV that
// `ecs model gate` reads. Page by page: a file may be larger than the memory.
import { type FileHandle, open } from 'node:fs/promises';
import type { Queryable } from '../../db/index.ts';
import { FEATURE_NAMES } from '../../ledger/index.ts';
import { writeCsvLine } from '../../lib/csv-line.ts';
import { EcsError } from '../../lib/errors.ts';
import { FELT_COLUMNS, formatMonth, monthOf, toFeltCells, UNLABELLED } from '../../model/index.ts';
import type { WindowRow } from '../../monitoring/index.ts';
import { loadChosenWindows } from './load-chosen-windows.ts';

export interface GateExport {
  readonly path: string;
  readonly windowMonths: number;
  /** See `createWindowChooser`. */
  readonly staggered: boolean;
  readonly nowMs: number;
  /** Customer id -> group; null: no column of groups. */
  readonly labels: ReadonlyMap<string, string> | null;
}

export interface GateExported {
  readonly path: string;
  readonly rows: number;
  readonly defaults: number;
  /** Rows with feelings. */
  readonly shared: number;
  /** Windows left out so that no customer counts twice at a time. */
  readonly leftOut: number;
}

const COLUMNS = [
  'customer_id',
  'month',
  'window_months',
  'model_version',
  'base_log_odds',
  'defaulted',
  'months_past_due',
];
const LATE = FEATURE_NAMES.indexOf('worst_months_past_due');

export async function saveGateOutcomes(db: Queryable, wanted: GateExport): Promise<GateExported> {
  const { path, windowMonths, labels } = wanted;
  const counts = { rows: 0, defaults: 0, shared: 0, leftOut: 0 };
  const file = await openToWrite(path);
  try {
    await file.write(`${[...COLUMNS, ...FELT_COLUMNS, ...(labels === null ? [] : ['group'])].join(',')}\n`);
    for await (const { chosen, leftOut } of loadChosenWindows(db, wanted)) {
      await file.write(chosen.map((row) => renderRow(row, windowMonths, labels)).join(''));
      counts.leftOut += leftOut;
      for (const row of chosen) {
        counts.rows += 1;
        counts.defaults += row.defaulted ? 1 : 0;
        counts.shared += row.emotions === null ? 0 : 1;
      }
    }
  } finally {
    await file.close();
  }
  return { path, ...counts };
}

async function openToWrite(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'w');
  } catch (cause) {
    throw new EcsError('ECS_FILE_INVALID', `The file ${path} cannot be written.`, { cause, facts: { path } });
  }
}

function renderRow(row: WindowRow, windowMonths: number, labels: GateExport['labels']): string {
  const group = labels === null ? [] : [labels.get(row.customerId) ?? UNLABELLED];
  return writeCsvLine([
    row.customerId,
    // The month of the window's last instant: then its outcome could be known.
    formatMonth(monthOf(row.endMs - 1)),
    windowMonths,
    row.modelVersion,
    row.baseLogOdds,
    row.defaulted ? 1 : 0,
    // Missing: too few statements, and not late on any of them.
    row.features[LATE] ?? 0,
    ...toFeltCells(row.emotions),
    ...group,
  ]);
}
