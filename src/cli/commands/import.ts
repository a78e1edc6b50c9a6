// `ecs import`: brings a lender's card holders along from a file, or gives up an import that was cut off.
import { Command, InvalidArgumentError } from 'commander';
import { endImport, getQueueStatus, type QueueStatus } from '../../decision/index.ts';
import { systemClock } from '../../lib/clock.ts';
import { makeId } from '../../lib/ids.ts';
import type { System } from '../../open-system.ts';
import { type CommandContext, loadCommandConfig, printResult, withSystem } from '../command-context.ts';
import { EXIT_FINDINGS } from '../exit-codes.ts';
import { type DecidedQueue, decideQueued } from '../import/decide-queued.ts';
import { type CardLedgerResult, importCardLedger } from '../import/import-card-ledger.ts';
import type { CardLedgerOrder } from '../import/import-mark-of.ts';
import { requireImportable, requireRunningEcs } from '../import/require-importable.ts';
import { catchInterruption, type Interruption } from '../interruption.ts';
import { openEventDoor } from '../open-event-door.ts';
import { parseCurrency, parseDate, parsePrefix, parseUrl, requireBothOrNone } from '../parse-options.ts';
import { importOutcomesCommand } from './import-outcomes.ts';

interface ImportOptions {
  readonly asOf?: number;
  readonly prefix: string;
  readonly currency: string;
  readonly decide?: boolean;
  readonly intoDemo?: boolean;
  readonly url?: string;
  readonly key?: string;
  readonly json?: boolean;
}

export function importCommand(context: CommandContext): Command {
  return new Command('import')
    .description('bring customers along from a file, or tell what became of them')
    .addCommand(cardLedgerCommand(context))
    .addCommand(importOutcomesCommand(context))
    .addCommand(abandonCommand(context))
    .addHelpText(
      'after',
      '\nExamples:\n  ecs import card-ledger holders.csv --decide\n  ecs import outcomes outcomes.csv\n  ecs import abandon',
    );
}

const CARD_LEDGER_HELP = `
The file is a CSV with the columns of the UCI data set "default of credit card clients": ID, LIMIT_BAL, PAY_0, PAY_2 to
PAY_6, BILL_AMT1 to 6, PAY_AMT1 to 6. It is checked as a whole before anything is sent. Events go over Kafka where it is
configured, else to the ECS at --url, else straight into the database when no ECS is running. Nothing is decided until
the import is complete; cut off, the same command goes on. Exit code 3: some events could not be counted.

Examples:
  ecs import card-ledger holders.csv --decide
  ecs import card-ledger holders.csv --as-of 2026-11-01 --currency EUR --prefix acme- --json
  ecs import card-ledger holders.csv --url http://127.0.0.1:8080 --key ecs_...`;

function cardLedgerCommand(context: CommandContext): Command {
  return new Command('card-ledger')
    .description('a table of card holders: limit, six months of statuses, balances and payments')
    .argument('<file>', 'CSV with a header line')
    .option(
      '--as-of <date>',
      'day of the newest statement, or after it (default: when the import first began)',
      parsePast,
    )
    .option('--prefix <text>', "before each row's ID in the customer id", parsePrefix, 'card-')
    .option('--currency <code>', 'of all amounts; it can never be changed', parseCurrency, 'TWD')
    .option('--decide', 'decide everybody in this process afterwards, where no ECS is running')
    .option('--url <url>', 'a running ECS that takes the events', parseUrl)
    .option('--key <token>', 'its API key with the scope events:write')
    .option('--into-demo', 'mix real customers into an installation made for invented ones')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', CARD_LEDGER_HELP)
    .action(async (path: string, options: ImportOptions, command: Command) => {
      requireBothOrNone(command, options);
      const { prefix, currency, asOf = null } = options;
      const interruption = catchInterruption();
      try {
        await requireRunningEcs(loadCommandConfig(context).config);
        await withSystem(context, (system) =>
          runImport({ context, system, options, interruption }, { path, prefix, currency, asOfMs: asOf }),
        );
      } finally {
        interruption.forget();
      }
    });
}

function parsePast(text: string): number {
  const ms = parseDate(text);
  if (ms <= systemClock()) return ms;
  throw new InvalidArgumentError('Expected a day that has begun: later statements have not closed yet.');
}

interface RunningImport {
  readonly context: CommandContext;
  readonly system: System;
  readonly options: ImportOptions;
  readonly interruption: Interruption;
}

async function runImport(run: RunningImport, order: CardLedgerOrder): Promise<void> {
  const { context, system, options, interruption } = run;
  await requireImportable(system, {
    currency: order.currency,
    intoDemo: options.intoDemo === true,
    overUrl: options.url !== undefined,
  });
  const result = await importOrSayHowToGoOn(run, order);
  const { check } = interruption;
  const { progress: onProgress } = context.terminal;
  const decided = options.decide === true ? await decideQueued(system, { check, onProgress }) : null;
  report(run, result, decided, await getQueueStatus(system.pool, systemClock()));
}

async function importOrSayHowToGoOn(run: RunningImport, order: CardLedgerOrder): Promise<CardLedgerResult> {
  const { context, system, options, interruption } = run;
  const { url, key } = options;
  let begun = false;
  try {
    return await importCardLedger(
      {
        system,
        openDoor: () => openEventDoor({ system, kafka: system.config.kafka, url, key, demo: false }),
        clock: systemClock,
        makeId,
        check: interruption.check,
        onProgress: context.terminal.progress,
        onBegun: () => {
          begun = true;
        },
      },
      order,
    );
  } catch (error) {
    if (begun) {
      context.terminal.say(
        'The import is not complete, and nothing is decided until it is. Run the same command again, or give it up with `ecs import abandon`.',
      );
    }
    throw error;
  }
}

function report(run: RunningImport, result: CardLedgerResult, decided: DecidedQueue | null, queue: QueueStatus): void {
  const { context, options } = run;
  const { terminal } = context;
  const { waiting, failing } = queue;
  printResult(context, options.json, { ...result, ...decided, waiting, failing }, () => describe(result, decided));
  if (result.deadLetters > 0 || failing > 0) context.exitCode = EXIT_FINDINGS;
  if (result.deadLetters > 0) {
    terminal.say(`${result.deadLetters} events could not be counted: \`ecs dead-letters list\` tells why.`);
  }
  if (failing > 0) {
    terminal.say(`${failing} customers could not be decided and will be tried again: ${queue.lastError ?? ''}`);
  } else if (waiting > 0) {
    terminal.say(`${waiting} customers wait to be decided; an ECS with the role ingest does it.`);
  }
}

function describe(result: CardLedgerResult, decided: DecidedQueue | null): string {
  const lines = [
    `Imported ${result.customers} customers as of ${result.asOf} in ${result.seconds.toFixed(1)} s: ${result.events} events, ${result.openingDecisions} opening decisions.`,
  ];
  if (decided !== null)
    lines.push(`Decided ${decided.decisions} customers in ${decided.decidingSeconds.toFixed(1)} s.`);
  return lines.join('\n');
}

function abandonCommand(context: CommandContext): Command {
  return new Command('abandon')
    .description('give up an import that was cut off')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      '\nWhat was counted stays, and decisions go on. Customers that have no limit yet are decided as new ones.\n\nExample:\n  ecs import abandon',
    )
    .action(async (options: { json?: boolean }) => {
      await withSystem(context, async ({ pool }) => {
        const abandoned = await endImport(pool, 'abandoned', systemClock());
        printResult(context, options.json, { abandoned }, () =>
          abandoned ? 'The import is given up.' : 'No import was running.',
        );
      });
    });
}
