// `ecs model anchor`: makes a model's probabilities those of the lender, from the lender's own outcomes.
import { Command } from 'commander';
import { runModelAnchor } from '../../../model/index.ts';
import { type CommandContext, printResult } from '../../command-context.ts';

export function anchorCommand(context: CommandContext): Command {
  return new Command('anchor')
    .description("refit slope and intercept on a lender's own outcomes, at least 200 defaults")
    .argument('<model>', 'scorecard JSON')
    .argument('<outcomes>', 'CSV with probability_of_default (as `ecs model score` writes it) and defaulted (1 or 0)')
    .requiredOption('--out <file>', 'where the anchored model goes; it is a new version')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  ecs model anchor model.json outcomes.csv --out anchored.json')
    .action(async (modelPath: string, outcomesPath: string, options: { out: string; json?: boolean }) => {
      const result = await runModelAnchor({ modelPath, outcomesPath, outPath: options.out });
      const { slope, intercept, outcomes, defaults } = result.recalibration;
      printResult(context, options.json, result, () =>
        [
          `version ${result.modelVersion}, from ${result.from}`,
          `slope ${slope}, intercept ${intercept}, by ${outcomes} outcomes with ${defaults} defaults; written to ${result.outPath}`,
        ].join('\n'),
      );
    });
}
