// `ecs model outcomes`: writes the file that `ecs model gate` reads, from stored decisions and the outcomes that came in.
import { Command } from 'commander';
import { OUTCOME_WINDOW_MONTHS_MAX } from '../../../events/outcome-event.ts';
import { systemClock } from '../../../lib/clock.ts';
import { type CommandContext, printResult, withSystem } from '../../command-context.ts';
import { loadGroupLabels } from '../../export/load-group-labels.ts';
import { type GateExported, saveGateOutcomes } from '../../export/save-gate-outcomes.ts';
import { parseWholeNumber } from '../../parse-options.ts';

interface OutcomesOptions {
  readonly windowMonths: number;
  readonly stagger?: boolean;
  readonly groups?: string;
  readonly group: string;
  readonly json?: boolean;
}

const HELP = `
One row for each customer and outcome window that ended 31 days ago or earlier: the month it ended, the log-odds without
emotion of the decision in force when it began, whether the customer defaulted, and what was felt then, where consent still
lives. Empty: nothing was shared. Windows of one customer follow each other: of those that overlap the earliest is told.
Where every customer has a window a month, --stagger lets each one's begin in a month of their own, so that every month
judges a share of all.
The groups of customers are read from a file of yours (columns customer_id and the one that --group names): no database holds
them. Without them the gate stays shut.

Example:
  ecs model outcomes outcomes.csv --groups people.csv --group age_band
  ecs model gate outcomes.csv --group group`;

export function outcomesCommand(context: CommandContext): Command {
  return new Command('outcomes')
    .description('write what became of customers as the file that `ecs model gate` reads')
    .argument('<file>', 'CSV to write')
    .option(
      '--window-months <months>',
      'length of the outcome windows',
      parseWholeNumber(1, OUTCOME_WINDOW_MONTHS_MAX),
      12,
    )
    .option('--stagger', 'begin the windows of each customer in a month given by the id')
    .option('--groups <file>', 'CSV with the group of each customer')
    .option('--group <column>', 'its column of groups', 'group')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action(
      async (path: string, { windowMonths, stagger: staggered = false, groups, group, json }: OutcomesOptions) => {
        const labels = groups === undefined ? null : await loadGroupLabels(groups, group);
        await withSystem(context, async ({ pool }) => {
          const written = await saveGateOutcomes(pool, { path, windowMonths, staggered, nowMs: systemClock(), labels });
          printResult(context, json, written, () => describe(written));
        });
      },
    );
}

function describe({ path, rows, defaults, shared, leftOut }: GateExported): string {
  return `${path}: ${rows} outcomes, ${defaults} defaults, ${shared} with feelings that were shared; ${leftOut} windows left out, so that nobody counts twice at a time`;
}
