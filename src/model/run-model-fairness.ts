// `ecs model fairness`: audits an artefact on the rows of a CSV that also holds what the model must never see. Hands back
// plain facts.
import { writeFile } from 'node:fs/promises';
import { EcsError } from '../lib/errors.ts';
import { type FairnessReport, reportFairness } from './fairness/fairness-report.ts';
import { type GroupColumn, groupOf } from './fairness/group-column.ts';
import { type FairnessHeading, renderFairness } from './fairness/render-fairness.ts';
import { loadScorecard } from './load-scorecard.ts';
import { readAsModel } from './read-column-rows.ts';
import { scoreLogOdds } from './score.ts';
import type { CsvRecord } from './train/csv-record.ts';
import { loadTrainingData, loadTrainingSpec } from './train/load-training-data.ts';
import { isChosen } from './train/training-table.ts';

export interface ModelFairnessArgs {
  readonly modelPath: string;
  readonly dataPath: string;
  readonly specPath: string;
  readonly splitsPath?: string | undefined;
  /** `all`, or a column: the rows that read 1 there. What the spec sets aside where absent, if the file tells it. */
  readonly rows?: string | undefined;
  readonly groups: readonly GroupColumn[];
  readonly cutoffs: readonly number[];
  /** Where the report goes as Markdown. */
  readonly outPath?: string | undefined;
}

export type ModelFairnessResult = FairnessReport & FairnessHeading;

export async function runModelFairness(args: ModelFairnessArgs): Promise<ModelFairnessResult> {
  const { artefact, modelVersion, compiled } = await loadScorecard(args.modelPath);
  const spec = await loadTrainingSpec(args.specPath);
  const { table: read, dataSha256 } = await loadTrainingData(args.dataPath, args.splitsPath ?? null, spec);
  if (read.features[0]?.length !== compiled.features.length) {
    throw new EcsError('ECS_MODEL_INVALID', `${args.modelPath} and ${args.specPath} do not speak of the same features`);
  }
  const table = readAsModel(artefact, read);
  for (const { column } of args.groups) requireColumn(table.columns, column);
  const rowsChosen = args.rows ?? findUnseen(table.columns, spec.holdoutColumn);
  const places = chooseRows(table.columns, rowsChosen, spec);
  const nameGroups = (rows: readonly number[]) =>
    args.groups.map((group) => ({
      column: group.column,
      groups: rows.map((row) => groupOf(table.columns[row]?.[group.column] ?? '', group)),
    }));
  const report = reportFairness({
    logOdds: places.map((row) => scoreLogOdds(compiled, table.features[row] ?? new Float64Array())),
    defaulted: places.map((row) => table.target[row] === 1),
    cutoffs: args.cutoffs,
    columns: nameGroups(places),
    proxy: { features: table.features, columns: nameGroups([...table.columns.keys()]) },
  });
  const result = {
    name: artefact.name,
    modelVersion,
    rowsChosen,
    seenInTraining: dataSha256 === artefact.training.dataSha256 && rowsChosen !== spec.holdoutColumn,
    proxyRows: table.columns.length,
    ...report,
  };
  if (args.outPath !== undefined) await writeFile(args.outPath, `# Fairness audit\n\n${renderFairness(result)}\n`);
  return result;
}

function requireColumn(records: readonly CsvRecord[], column: string): void {
  if (records[0]?.[column] !== undefined) return;
  throw new EcsError('ECS_FILE_INVALID', `there is no column ${column} in the file`, { facts: { column } });
}

function findUnseen(records: readonly CsvRecord[], holdoutColumn: string | null): string {
  return holdoutColumn !== null && records[0]?.[holdoutColumn] !== undefined ? holdoutColumn : 'all';
}

function chooseRows(records: readonly CsvRecord[], rows: string, spec: Parameters<typeof isChosen>[1]): number[] {
  const all = [...records.keys()];
  if (rows === 'all') return all;
  requireColumn(records, rows);
  const chosen = all.filter((row) => isChosen(records[row] ?? {}, spec, rows));
  if (chosen.length > 0) return chosen;
  throw new EcsError('ECS_FILE_INVALID', `no row is chosen by column ${rows}`, {
    facts: { column: rows },
  });
}
