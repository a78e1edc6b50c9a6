// `ecs model evaluate`: what the way of training is worth, measured on the folds of the splits file; or one finished
// model, measured on the rows of a CSV.
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import {
  type CrossValidationResult,
  MEASURE_NAMES,
  type MeanMeasures,
  type ModelEvaluateResult,
  runCrossValidation,
  runModelEvaluate,
  shippedSpecPath,
} from '../../../model/index.ts';
import { type CommandContext, printResult } from '../../command-context.ts';
import { formatTable } from '../../terminal.ts';
import { metricsRow } from './metrics-row.ts';

interface EvaluateOptions {
  readonly spec: string;
  readonly splits?: string;
  readonly rows?: string;
  readonly folds?: string;
  readonly shuffleLabels?: boolean;
  readonly json?: boolean;
}

export function evaluateCommand(context: CommandContext): Command {
  return new Command('evaluate')
    .description('train on every fold and measure on the fold left out; with a model: measure that one')
    .argument('[files...]', 'nothing or DATA.csv [SPLITS.csv] for the folds, MODEL.json DATA.csv for one model')
    .option('--folds <repeats>', 'only these repeats of the folds, for example r0 or r0,r1')
    .option('--shuffle-labels', 'deal the outcomes out anew: the AUC must be 0.5')
    .option('--spec <file>', 'one model: how the CSV is read; the card-ledger spec where absent', shippedSpecPath())
    .option('--splits <file>', 'CSV joined by id')
    .option('--rows <column>', 'one model: all, training, or a column: the rows that read 1 there')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  ecs model evaluate --folds r0\n  ecs model evaluate model.json taiwan-credit-card-default.csv --splits taiwan-splits.csv --rows test20',
    )
    .action(async (files: string[], options: EvaluateOptions) => {
      const [first, second] = files;
      if (first !== undefined && second !== undefined && first.endsWith('.json')) {
        return measureOne(context, first, second, options);
      }
      return measureFolds(context, files, options);
    });
}

async function measureOne(
  context: CommandContext,
  modelPath: string,
  dataPath: string,
  { spec: specPath, splits: splitsPath, rows, json }: EvaluateOptions,
): Promise<void> {
  const result = await runModelEvaluate({ modelPath, dataPath, specPath, splitsPath, rows });
  printResult(context, json, result, () => describeEvaluation(result));
}

async function measureFolds(
  context: CommandContext,
  files: readonly string[],
  options: EvaluateOptions,
): Promise<void> {
  const result = await runCrossValidation({
    dataPath: files[0],
    splitsPath: files[1] ?? options.splits,
    folds: options.folds?.split(','),
    shuffleLabels: options.shuffleLabels,
    dataFolder: context.env.ECS_SHARED_DATA ?? fileURLToPath(new URL('../../../../../shared/data', import.meta.url)),
    onFold: ({ model, foldColumn, fold, metrics }) =>
      context.terminal.progress(`${foldColumn} ${fold}: ${model} AUC ${metrics.auc.toFixed(4)}`),
  });
  printResult(context, options.json, toJson(result), () => describeFolds(result));
}

function toJson({ models, ...about }: CrossValidationResult): Record<string, unknown> {
  return { ...models, ...about };
}

const LABELS: Readonly<Record<(typeof MEASURE_NAMES)[number], string>> = {
  auc: 'AUC',
  ks: 'KS',
  brier: 'Brier',
  logLoss: 'log-loss',
  h: 'H-measure',
  ece: 'ECE',
  slope: 'calibration slope',
  intercept: 'calibration intercept',
};

function describeFolds({ models, folds, shuffled }: CrossValidationResult): string {
  const rows = MEASURE_NAMES.map((name) => ({
    measure: LABELS[name],
    ...Object.fromEntries(Object.entries(models).map(([model, measures]) => [model, withInterval(measures, name)])),
  }));
  const labels = shuffled ? ', outcomes dealt out anew' : '';
  return `Mean of ${folds} folds, 95 % intervals (Nadeau and Bengio)${labels}\n${formatTable(rows)}`;
}

function withInterval(measures: MeanMeasures, name: (typeof MEASURE_NAMES)[number]): string {
  const [low, high] = measures.intervals[name];
  return `${measures[name].toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]`;
}

function describeEvaluation(result: ModelEvaluateResult): string {
  const warning = result.seenInTraining ? '\nThe model has seen some of these rows in training.' : '';
  return `${result.name}, version ${result.modelVersion}\n${formatTable([metricsRow(result.rows, result.metrics)])}${warning}`;
}
