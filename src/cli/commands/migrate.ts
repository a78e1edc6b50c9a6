// `ecs migrate`: brings the schema up to date, or only says whether it is.
import { Command } from 'commander';
import { type CommandContext, printResult, withSystem } from '../command-context.ts';

export function migrateCommand(context: CommandContext): Command {
  return new Command('migrate')
    .description('bring the database schema up to date')
    .option('--check', 'change nothing; fail where the schema is not up to date')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExamples:\n  ecs migrate\n  DATABASE_URL=postgres://... ecs migrate --check --json')
    .action(async (options: { check?: boolean; json?: boolean }) => {
      await withSystem(
        context,
        async (system) => {
          const applied = system.migrationsApplied;
          printResult(context, options.json, { applied }, () =>
            applied.length === 0 ? 'The schema is up to date.' : `Applied ${applied.join(', ')}.`,
          );
        },
        { attach: true, migrate: options.check !== true },
      );
    });
}
