// `ecs model evaluate`: scores the rows of a CSV with a scorecard and measures it.
import { Command } from 'commander';
import { type ModelEvaluateResult, runModelEvaluate, shippedSpecPath } from '../../../model/index.ts';
import { type CommandContext, printResult } from '../../command-context.ts';
import { formatTable } from '../../terminal.ts';
import { metricsRow } from './metrics-row.ts';

interface EvaluateOptions {
  readonly spec: string;
  readonly splits?: string;
  readonly rows?: string;
  readonly json?: boolean;
}

export function evaluateCommand(context: CommandContext): Command {
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

function describeEvaluation(result: ModelEvaluateResult): string {
  const warning = result.seenInTraining ? '\nThe model has seen some of these rows in training.' : '';
  return `${result.name}, version ${result.modelVersion}\n${formatTable([metricsRow(result.rows, result.metrics)])}${warning}`;
}
