// `ecs model anchor`: makes a model's probabilities those of the lender, from the lender's own outcomes.
import { Command } from 'commander';
import { OUTCOME_WINDOW_MONTHS_MAX } from '../../../events/outcome-event.ts';
import { systemClock } from '../../../lib/clock.ts';
import { describeRecalibration, loadAnchorFile, type ModelAnchorResult, runModelAnchor } from '../../../model/index.ts';
import { type CommandContext, printResult, withSystem } from '../../command-context.ts';
import { loadStoredAnchor } from '../../export/load-stored-anchor.ts';
import { parseWholeNumber } from '../../parse-options.ts';

interface AnchorOptions {
  readonly out: string;
  readonly fromStored?: boolean;
  readonly windowMonths: number;
  readonly card?: string;
  readonly json?: boolean;
}

const HELP = `
The outcomes come from what is stored (--from-stored: decisions joined to the outcomes that came in, one window of a customer
at a time, scored again by the model) or from a CSV with probability_of_default, as \`ecs model score\` writes it for this model,
and defaulted (1 or 0). The probabilities of stored decisions do not belong into such a file: they are moved to the policy's
lenderBaseRate already. Slope and intercept make the mean probability the default rate that was seen; the order of customers
stays.

Examples:
  ecs model anchor model.json --from-stored --out anchored.json
  ecs model anchor model.json outcomes.csv --out anchored.json`;

export function anchorCommand(context: CommandContext): Command {
  return new Command('anchor')
    .description("refit slope and intercept on a lender's own outcomes, at least 200 defaults")
    .argument('<model>', 'scorecard JSON')
    .argument('[outcomes]', 'CSV with probability_of_default (as `ecs model score` writes it) and defaulted (1 or 0)')
    .option('--from-stored', 'take the outcomes that are stored')
    .option('--window-months <months>', 'their windows', parseWholeNumber(1, OUTCOME_WINDOW_MONTHS_MAX), 12)
    .requiredOption('--out <file>', 'where the anchored model goes; it is a new version')
    .option('--card <file>', 'where its model card goes; pictures go beside it, into model/NAME/')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action(async (modelPath: string, outcomesPath: string | undefined, options: AnchorOptions, command: Command) => {
      if ((outcomesPath === undefined) !== (options.fromStored === true)) {
        command.error('error: give a file of outcomes or --from-stored, and not both');
      }
      const result = await anchor(context, modelPath, outcomesPath, options);
      printResult(context, options.json, result, () => describe(result));
    });
}

async function anchor(
  context: CommandContext,
  modelPath: string,
  outcomesPath: string | undefined,
  { out: outPath, card: cardPath, windowMonths }: AnchorOptions,
): Promise<ModelAnchorResult> {
  if (outcomesPath !== undefined) {
    return runModelAnchor({ modelPath, outPath, cardPath, loadEvidence: () => loadAnchorFile(outcomesPath) });
  }
  return withSystem(context, ({ pool }) =>
    runModelAnchor({
      modelPath,
      outPath,
      cardPath,
      loadEvidence: (model) => loadStoredAnchor(pool, model, { windowMonths, nowMs: systemClock() }),
    }),
  );
}

function describe({ modelVersion, from, recalibration, outPath }: ModelAnchorResult): string {
  return [
    `version ${modelVersion}, from ${from}`,
    `${describeRecalibration(recalibration)}; written to ${outPath}`,
  ].join('\n');
}
