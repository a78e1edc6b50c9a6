// `ecs import outcomes`: tells what became of customers, from a file.
import { Command } from 'commander';
import { systemClock } from '../../lib/clock.ts';
import { type CommandContext, loadCommandConfig, printResult, withSystem } from '../command-context.ts';
import { EXIT_FINDINGS } from '../exit-codes.ts';
import { importOutcomes, type OutcomesResult } from '../import/import-outcomes.ts';
import { requireRunningEcs } from '../import/require-importable.ts';
import { catchInterruption } from '../interruption.ts';
import { openEventDoor } from '../open-event-door.ts';
import { parseUrl, requireBothOrNone } from '../parse-options.ts';

interface OutcomesOptions {
  readonly source: string;
  readonly url?: string;
  readonly key?: string;
  readonly json?: boolean;
}

const HELP = `
The file is a CSV with the columns customer_id, as_of (start of the window), window_months, defaulted (1 or 0) and
observed_at (when it was known), days as 2026-05-01. It is checked as a whole before anything is sent. A row that was told
before is a repeat. A correction is a row about the same window with a later observed_at. Exit code 3: some rows could not
be counted, for example those of customers that ECS does not know.

Examples:
  ecs import outcomes outcomes.csv
  ecs import outcomes outcomes.csv --url http://127.0.0.1:8080 --key ecs_...`;

export function importOutcomesCommand(context: CommandContext): Command {
  return new Command('outcomes')
    .description('what became of customers: defaulted or not, window by window')
    .argument('<file>', 'CSV with a header line')
    .option(
      '--source <uri>',
      'producer of the reports; the same row from another one is another report',
      'urn:ecs:import:outcomes',
    )
    .option('--url <url>', 'a running ECS that takes the events', parseUrl)
    .option('--key <token>', 'its API key with the scope events:write')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action(async (path: string, options: OutcomesOptions, command: Command) => {
      requireBothOrNone(command, options);
      const { source, url, key } = options;
      const { check, forget } = catchInterruption();
      try {
        await requireRunningEcs(loadCommandConfig(context).config);
        await withSystem(context, async (system) => {
          const openDoor = () => openEventDoor({ system, kafka: system.config.kafka, url, key, demo: false });
          const onProgress = context.terminal.progress;
          const deps = { pool: system.pool, openDoor, clock: systemClock, check, onProgress };
          report(context, options, await importOutcomes(deps, { path, source }));
        });
      } finally {
        forget();
      }
    });
}

function report(context: CommandContext, { json }: OutcomesOptions, result: OutcomesResult): void {
  const { outcomes, defaults, deadLetters } = result;
  printResult(context, json, result, () => `Told ${outcomes} outcomes, ${defaults} of them defaults.`);
  if (deadLetters === 0) return;
  context.exitCode = EXIT_FINDINGS;
  context.terminal.say(`${deadLetters} rows could not be counted: \`ecs dead-letters list\` tells why.`);
}
