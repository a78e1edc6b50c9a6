// `ecs model train | evaluate`: learns a scorecard from a CSV with a spec, and measures one.
import { Command } from 'commander';
import {
  type Metrics,
  type ModelEvaluateResult,
  type ModelTrainResult,
  runModelEvaluate,
  runModelTrain,
  shippedSpecPath,
} from '../../model/index.ts';
import { type CommandContext, printResult } from '../command-context.ts';
import { formatTable } from '../terminal.ts';

export function modelCommand(context: CommandContext): Command {
  return new Command('model')
    .description('train and evaluate the risk model')
    .addCommand(trainCommand(context))
    .addCommand(evaluateCommand(context));
}

interface TrainOptions {
  readonly spec: string;
  readonly splits?: string;
  readonly out: string;
  readonly card?: string;
  readonly seed?: number;
  readonly json?: boolean;
}

function trainCommand(context: CommandContext): Command {
  return new Command('train')
    .description('learn a scorecard from a CSV and write it as JSON')
    .argument('<data>', 'CSV file')
    .option('--spec <file>', 'columns, target, rows to set aside; the card-ledger spec where absent', shippedSpecPath())
    .option('--splits <file>', 'CSV joined by id, with the column that sets rows aside')
    .requiredOption('--out <file>', 'where the scorecard goes')
    .option('--card <file>', 'where its model card goes')
    .option('--seed <number>', "instead of the spec's own seed", Number)
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  ecs model train taiwan-credit-card-default.csv --splits taiwan-splits.csv --out card.json --card card.md',
    )
    .action(async (dataPath: string, options: TrainOptions) => {
      const result = await runModelTrain({
        dataPath,
        specPath: options.spec,
        splitsPath: options.splits,
        outPath: options.out,
        cardPath: options.card,
        seed: options.seed,
        onProgress: (done, bags) => context.terminal.progress(`training: bag ${done} of ${bags}`),
      });
      printResult(context, options.json, result, () => describeTraining(result));
    });
}

interface EvaluateOptions {
  readonly spec: string;
  readonly splits?: string;
  readonly rows?: string;
  readonly json?: boolean;
}

function evaluateCommand(context: CommandContext): Command {
  return new Command('evaluate')
    .description('score the rows of a CSV with a scorecard and measure it')
    .argument('<model>', 'scorecard JSON')
    .argument('<data>', 'CSV file')
    .option('--spec <file>', 'how the CSV is read; the card-ledger spec where absent', shippedSpecPath())
    .option('--splits <file>', 'CSV joined by id')
    .option('--rows <column>', 'all, training, or a column: the rows that read 1 there')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  ecs model evaluate card.json taiwan-credit-card-default.csv --splits taiwan-splits.csv --rows test20',
    )
    .action(async (modelPath: string, dataPath: string, options: EvaluateOptions) => {
      const { spec: specPath, splits: splitsPath, rows } = options;
      const result = await runModelEvaluate({ modelPath, dataPath, specPath, splitsPath, rows });
      printResult(context, options.json, result, () => describeEvaluation(result));
    });
}

function describeTraining(result: ModelTrainResult): string {
  const rows = [metricsRow('out of bag', result.outOfBag)];
  if (result.holdout !== null) rows.push(metricsRow('set aside', result.holdout));
  return [
    `${result.name}, version ${result.modelVersion}`,
    `${result.rows} rows, ${result.defaults} defaults, ${result.rounds} rounds; written to ${result.outPath}`,
    formatTable(rows),
  ].join('\n');
}

function describeEvaluation(result: ModelEvaluateResult): string {
  const warning = result.seenInTraining ? '\nThe model has seen some of these rows in training.' : '';
  return `${result.name}, version ${result.modelVersion}\n${formatTable([metricsRow(result.rows, result.metrics)])}${warning}`;
}

function metricsRow(rows: string, metrics: Metrics): Record<string, string | number> {
  return {
    rows,
    count: metrics.rows,
    defaults: metrics.defaults,
    AUC: metrics.auc.toFixed(4),
    KS: metrics.ks.toFixed(4),
    Brier: metrics.brier.toFixed(4),
    'log-loss': metrics.logLoss.toFixed(4),
  };
}
