// `ecs dead-letters`: what could not be counted and why, and a second chance for it.
import { Command } from 'commander';
import type { DeadLetterCode } from '../../events/accepted-event.ts';
import { createDeadLetters, type DeadLetter, type DeadLetters } from '../../ingest/index.ts';
import { systemClock } from '../../lib/clock.ts';
import { type CommandContext, printResult, withSystem } from '../command-context.ts';
import { formatTable } from '../terminal.ts';

export function deadLettersCommand(context: CommandContext): Command {
  return new Command('dead-letters')
    .description('look at events that could not be counted, and put them back')
    .addCommand(listSubcommand(context))
    .addCommand(countSubcommand(context))
    .addCommand(retrySubcommand(context))
    .addHelpText(
      'after',
      '\nExamples:\n  ecs dead-letters list --code wrong_currency\n  ecs dead-letters retry 0192f0c1-...\n  ecs dead-letters retry --all --code unknown_customer',
    );
}

const withDeadLetters = (context: CommandContext, work: (deadLetters: DeadLetters) => Promise<void>) =>
  withSystem(context, ({ pool }) => work(createDeadLetters(pool, systemClock)));

function listSubcommand(context: CommandContext): Command {
  return new Command('list')
    .option('--code <code>', 'only those with this cause')
    .option('--limit <count>', 'how many', Number, 50)
    .option('--json', 'print as JSON')
    .action(async (options: { code?: DeadLetterCode; limit: number; json?: boolean }) => {
      await withDeadLetters(context, async (deadLetters) => {
        const page = await deadLetters.list({ limit: options.limit, code: options.code });
        printResult(context, options.json, page.items, () => formatTable(page.items.map(toRow)));
      });
    });
}

function toRow(letter: DeadLetter): Record<string, string | number | null> {
  return {
    id: letter.deadLetterId,
    at: letter.occurredAt,
    place: `${letter.topic}/${letter.partition}@${letter.offset}`,
    code: letter.code,
    field: letter.field,
    message: letter.message,
  };
}

function countSubcommand(context: CommandContext): Command {
  return new Command('count').option('--json', 'print as JSON').action(async (options: { json?: boolean }) => {
    await withDeadLetters(context, async (deadLetters) => {
      const counts = await deadLetters.counts();
      printResult(context, options.json, counts, () => formatTable(counts.map((count) => ({ ...count }))));
    });
  });
}

function retrySubcommand(context: CommandContext): Command {
  return new Command('retry')
    .argument('[deadLetterId]')
    .option('--all', 'all that were not retried yet')
    .option('--code <code>', 'with --all: only those with this cause')
    .option('--json', 'print as JSON')
    .action(
      async (id: string | undefined, options: { all?: boolean; code?: DeadLetterCode; json?: boolean }, command) => {
        if ((id === undefined) === (options.all !== true)) command.error('error: name one dead letter, or say --all');
        await withDeadLetters(context, async (deadLetters) => {
          const retried =
            id === undefined ? await retryAll(deadLetters, options.code) : await retryOne(deadLetters, id);
          printResult(context, options.json, { retried }, () => `Put back ${retried}; a running ECS counts them now.`);
        });
      },
    );
}

async function retryOne(deadLetters: DeadLetters, id: string): Promise<number> {
  await deadLetters.retry(id);
  return 1;
}

const RETRY_BATCH = 500;

async function retryAll(deadLetters: DeadLetters, code: DeadLetterCode | undefined): Promise<number> {
  let total = 0;
  for (;;) {
    const { retried } = await deadLetters.retryAll({ limit: RETRY_BATCH, code });
    total += retried;
    if (retried < RETRY_BATCH) return total;
  }
}
