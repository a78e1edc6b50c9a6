// `ecs model score`: a probability of default for every row of a CSV, in its order.
import { Command } from 'commander';
import { runModelScore } from '../../../model/index.ts';
import { type CommandContext, printResult } from '../../command-context.ts';

export function scoreCommand(context: CommandContext): Command {
  return new Command('score')
    .description('write a probability of default for every row of a CSV')
    .argument('<model>', 'scorecard JSON')
    .argument('<data>', 'CSV file; the outcome need not be in it')
    .requiredOption('--out <file>', 'where the probabilities go: a header and one line a row, in order')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  ecs model score model.json loans.csv --out scores.csv')
    .action(async (modelPath: string, dataPath: string, options: { out: string; json?: boolean }) => {
      const result = await runModelScore({ modelPath, dataPath, outPath: options.out });
      const mean = (100 * result.meanProbabilityOfDefault).toFixed(2);
      printResult(context, options.json, result, () =>
        [
          `${result.name}, version ${result.modelVersion}`,
          `${result.rows} rows, mean ${mean} %; written to ${result.outPath}`,
        ].join('\n'),
      );
    });
}
