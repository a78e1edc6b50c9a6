// `ecs model fairness`: who is approved, who is judged rightly, and what the features give away of protected groups.
import { Command, InvalidArgumentError } from 'commander';
import { EcsError } from '../../../lib/errors.ts';
import {
  type GroupColumn,
  type ModelFairnessResult,
  parseGroupColumns,
  runModelFairness,
  shippedScorecardPath,
  shippedSpecPath,
} from '../../../model/index.ts';
import { type CommandContext, printResult } from '../../command-context.ts';

interface FairnessOptions {
  readonly model: string;
  readonly spec: string;
  readonly group: GroupColumn[];
  readonly splits?: string;
  readonly rows?: string;
  readonly cutoffs: number[];
  readonly out?: string;
  readonly json?: boolean;
}

const HELP = `
The groups are read from the file alone: no database holds them and no model sees them. Numbers are cut at edges:
AGE:30,40,50 makes four bands. Without --rows the rows that the spec sets aside are audited, where the file or --splits
tells them, else all.

Example:
  ecs model fairness taiwan-credit-card-default.csv --splits taiwan-splits.csv --group SEX,AGE:30,40,50`;

export function fairnessCommand(context: CommandContext): Command {
  return new Command('fairness')
    .description('audit a scorecard by protected groups: approval ratios, calibration, what its features give away')
    .argument('<data>', 'CSV file with the protected columns beside the features')
    .requiredOption('--group <columns>', 'protected columns, for example SEX,AGE:30,40,50', readGroups)
    .option('--model <file>', 'scorecard JSON; the shipped one where absent', shippedScorecardPath())
    .option('--spec <file>', 'how the CSV is read; the card-ledger spec where absent', shippedSpecPath())
    .option('--splits <file>', 'CSV joined by id')
    .option('--rows <column>', 'all, or a column: the rows that read 1 there')
    .option('--cutoffs <shares>', 'shares of applicants that are approved', readCutoffs, [0.5, 0.7, 0.9])
    .option('--out <file>', 'where the report goes as Markdown')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action(async (dataPath: string, options: FairnessOptions) => {
      const {
        model: modelPath,
        spec: specPath,
        splits: splitsPath,
        rows,
        group: groups,
        cutoffs,
        out: outPath,
      } = options;
      context.terminal.progress('measuring');
      const files = { modelPath, dataPath, specPath, splitsPath, outPath };
      const result = await runModelFairness({ ...files, rows, groups, cutoffs });
      printResult(context, options.json, result, () => describe(result, outPath));
    });
}

function readGroups(text: string): GroupColumn[] {
  try {
    return parseGroupColumns(text);
  } catch (error) {
    if (error instanceof EcsError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}

function readCutoffs(text: string): number[] {
  const cutoffs = text.split(',').map(Number);
  if (cutoffs.every((cutoff) => cutoff > 0 && cutoff < 1)) return cutoffs;
  throw new InvalidArgumentError('Expected shares between 0 and 1, for example 0.5,0.7,0.9.');
}

function describe(result: ModelFairnessResult, out: string | undefined): string {
  const seen = result.seenInTraining ? ' (some were seen in training)' : '';
  return [
    `${result.name}, version ${result.modelVersion}: ${result.rows} rows${seen}, ${result.defaults} defaults`,
    ...result.columns.flatMap((column) => column.verdicts.map((verdict) => `  ${verdict}`)),
    out === undefined ? 'All figures: --json, or --out REPORT.md' : `Written to ${out}`,
  ].join('\n');
}
