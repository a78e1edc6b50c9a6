// `ecs model train`: learns a scorecard from a CSV with a spec and writes it as JSON.
import { Command } from 'commander';
import { type ModelTrainResult, runModelTrain, shippedSpecPath } from '../../../model/index.ts';
import { type CommandContext, printResult } from '../../command-context.ts';
import { parseWholeNumber } from '../../parse-options.ts';
import { formatTable } from '../../terminal.ts';
import { metricsRow } from './metrics-row.ts';

interface TrainOptions {
  readonly spec: string;
  readonly splits?: string;
  readonly out: string;
  readonly card?: string;
  readonly dataSheet?: string;
  readonly seed?: number;
  readonly threads?: number;
  readonly json?: boolean;
}

export function trainCommand(context: CommandContext): Command {
  return new Command('train')
    .description('learn a scorecard from a CSV and write it as JSON')
    .argument('<data>', 'CSV file')
    .option('--spec <file>', 'columns, target, rows to set aside; the card-ledger spec where absent', shippedSpecPath())
    .option('--splits <file>', 'CSV joined by id, with the column that sets rows aside')
    .requiredOption('--out <file>', 'where the scorecard goes')
    .option('--card <file>', 'where its model card goes; pictures go beside it, into model/NAME/')
    .option('--data-sheet <file>', 'where a data sheet of the CSV goes')
    .option('--seed <number>', "instead of the spec's own seed", Number)
    .option('--threads <number>', 'bags trained at once; the result is the same', parseWholeNumber(1, 256))
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
        dataSheetPath: options.dataSheet,
        seed: options.seed,
        threads: options.threads,
        onProgress: (done, bags) => context.terminal.progress(`training: bag ${done} of ${bags}`),
      });
      printResult(context, options.json, result, () => describeTraining(result));
    });
}

function describeTraining(result: ModelTrainResult): string {
  const rows = [metricsRow('out of bag', result.outOfBag)];
  if (result.holdout !== null) rows.push(metricsRow('set aside', result.holdout));
  return [
    `${result.name}, version ${result.modelVersion}`,
    `${result.rows} rows, ${result.defaults} defaults, ${result.rounds} rounds; written to ${result.outPath}`,
    ...describeFeatures(result),
    formatTable(rows),
  ].join('\n');
}

/** What the spec left open was read off the data: a person sees at a glance whether it was read rightly. */
function describeFeatures({ features }: ModelTrainResult): string[] {
  const numbers = features.filter(({ type, differs }) => differs && type === 'number');
  const categories = features.filter(({ type, differs }) => differs && type === 'category');
  const constant = features.filter(({ differs }) => !differs);
  return [
    listNames('numbers', numbers),
    listNames('categories', categories),
    listNames('tell nothing (one value, or every level too rare)', constant),
  ].filter((line) => line !== null);
}

function listNames(title: string, features: ModelTrainResult['features']): string | null {
  return features.length === 0 ? null : `${title}: ${features.map(({ name }) => name).join(', ')}`;
}
