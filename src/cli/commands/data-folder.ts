// `ecs backup`, `ecs restore`, `ecs reset`: the data folder of the embedded PostgreSQL as a whole. ECS must be stopped.
import { Command } from 'commander';
import type { Config } from '../../config.ts';
import { backupData, resetData, restoreData } from '../../db/index.ts';
import { EcsError } from '../../lib/errors.ts';
import { type CommandContext, loadCommandConfig, printResult } from '../command-context.ts';

export function backupCommand(context: CommandContext): Command {
  return new Command('backup')
    .description('write the data folder into one file')
    .argument('<file>')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nECS must be stopped.\n\nExample:\n  ecs backup before-upgrade.ecs')
    .action(async (file: string, options: { json?: boolean }) => {
      const { dataDir } = embeddedConfig(context);
      context.terminal.progress(`writing ${file}`);
      await backupData(dataDir, file);
      printResult(context, options.json, { file }, () => `Wrote ${file}.`);
    });
}

export function restoreCommand(context: CommandContext): Command {
  return new Command('restore')
    .description('fill the data folder from a backup')
    .argument('<file>')
    .option('--force', 'replace what is in the data folder')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nECS must be stopped.\n\nExample:\n  ecs restore before-upgrade.ecs --force')
    .action(async (file: string, options: { force?: boolean; json?: boolean }) => {
      const { dataDir } = embeddedConfig(context);
      context.terminal.progress(`reading ${file}`);
      await restoreData(dataDir, file, { force: options.force ?? false });
      printResult(context, options.json, { dataDir }, () => `Restored into ${dataDir}.`);
    });
}

export function resetCommand(context: CommandContext): Command {
  return new Command('reset')
    .description('empty the data folder: every customer, decision and key in it is gone')
    .option('--yes', 'do it')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nECS must be stopped.\n\nExample:\n  ecs reset --yes')
    .action(async (options: { yes?: boolean; json?: boolean }) => {
      const { dataDir } = embeddedConfig(context);
      if (options.yes !== true) {
        throw new EcsError(
          'ECS_REQUEST_INVALID',
          `This empties ${dataDir} for good. Say --yes if that is what you want.`,
        );
      }
      const { kept } = await resetData(dataDir);
      const left = kept.length === 0 ? '' : ` Not of ECS, and left alone: ${kept.join(', ')}.`;
      printResult(context, options.json, { dataDir, kept }, () => `Emptied ${dataDir}.${left}`);
    });
}

function embeddedConfig(context: CommandContext): Config {
  const { config } = loadCommandConfig(context);
  if (config.databaseUrl === null) return config;
  throw new EcsError(
    'ECS_CONFIG_INVALID',
    'DATABASE_URL points at a PostgreSQL of your own: use its own tools (pg_dump, pg_restore) there.',
  );
}
