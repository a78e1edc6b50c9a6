// `ecs model evaluate` without a model: reads the data and the splits, trains on every fold, and hands back what was
// measured, each mean with its interval.
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { EcsError } from '../lib/errors.ts';
import { BASELINE, crossValidate, type FoldMeasure } from './cross-validate.ts';
import { type MeanMeasures, meanMeasures } from './mean-measures.ts';
import { shuffleOutcomes } from './shuffle-outcomes.ts';
import { loadTrainingData, loadTrainingSpec, shippedSpecPath } from './train/load-training-data.ts';
import { boostInThreads } from './train/run-boost-worker.ts';
import type { TrainingTable } from './train/training-table.ts';

export interface CrossValidationArgs {
  /** Absent: the folder that the environment names, or `../shared/data`. */
  readonly dataPath?: string | undefined;
  readonly splitsPath?: string | undefined;
  /** Absent: r0 to r4. */
  readonly folds?: readonly string[] | undefined;
  /** Outcomes dealt out anew: nothing is left to find. */
  readonly shuffleLabels?: boolean | undefined;
  readonly dataFolder: string;
  readonly onFold?: ((measured: FoldMeasure) => void) | undefined;
}

export interface CrossValidationResult {
  readonly models: Readonly<Record<string, MeanMeasures>>;
  readonly folds: number;
  readonly dataSha256: string;
  readonly shuffled: boolean;
}

const DATA_FILE = 'taiwan-credit-card-default.csv';
const SPLITS_FILE = 'taiwan-splits.csv';
const REPEATS = ['r0', 'r1', 'r2', 'r3', 'r4'];

export async function runCrossValidation(args: CrossValidationArgs): Promise<CrossValidationResult> {
  const dataPath = args.dataPath ?? findFile(args.dataFolder, DATA_FILE);
  const splitsPath = args.splitsPath ?? findFile(args.dataFolder, SPLITS_FILE);
  const flagship = await loadTrainingData(dataPath, splitsPath, await loadTrainingSpec(shippedSpecPath('flagship')));
  const readable = await loadTrainingData(dataPath, splitsPath, await loadTrainingSpec(shippedSpecPath('readable')));
  const data = args.shuffleLabels === true ? shuffleOutcomes(flagship.table) : flagship.table;
  const foldColumns = (args.folds ?? REPEATS).map((repeat) => `fold_${repeat}`);
  requireColumns(data, foldColumns);
  const { idColumn, target } = flagship.spec;
  const splitColumns = new Set(['test20', ...REPEATS.map((repeat) => `fold_${repeat}`), idColumn, target.column]);
  const measured = await crossValidate({
    data,
    specs: { flagship: flagship.spec, readable: readable.spec },
    rawColumns: Object.keys(data.columns[0] ?? {}).filter((column) => !splitColumns.has(column)),
    foldColumns,
    dataSha256: flagship.dataSha256,
    splitsSha256: flagship.splitsSha256,
    runBags: boostInThreads(availableParallelism()),
    onFold: args.onFold,
  });
  return {
    models: Object.fromEntries(
      ['flagship', 'readable', BASELINE].map((model) => [
        model,
        meanMeasures(measured.filter((one) => one.model === model).map((one) => one.metrics)),
      ]),
    ),
    folds: measured.filter((one) => one.model === 'flagship').length,
    dataSha256: flagship.dataSha256,
    shuffled: args.shuffleLabels === true,
  };
}

function findFile(folder: string, file: string): string {
  const path = join(folder, file);
  if (existsSync(path)) return path;
  throw new EcsError('ECS_FILE_INVALID', `${path} is missing: name the data and the splits, or set ECS_SHARED_DATA`, {
    facts: { path },
  });
}

function requireColumns(data: TrainingTable, columns: readonly string[]): void {
  const missing = columns.find((column) => data.columns[0]?.[column] === undefined);
  if (missing === undefined) return;
  throw new EcsError('ECS_FILE_INVALID', `the splits have no column ${missing}`, { facts: { column: missing } });
}
