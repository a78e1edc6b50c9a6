// The words of the command line: every command under one program, help and exit codes told.
import { Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import { backupCommand, resetCommand, restoreCommand } from './commands/data-folder.ts';
import { deadLettersCommand } from './commands/dead-letters.ts';
import { decideCommand } from './commands/decide.ts';
import { doctorCommand } from './commands/doctor.ts';
import { explainCommand } from './commands/explain.ts';
import { importCommand } from './commands/import.ts';
import { keysCommand } from './commands/keys.ts';
import { migrateCommand } from './commands/migrate.ts';
import { modelCommand } from './commands/model/index.ts';
import { replayCommand } from './commands/replay.ts';
import { simulateCommand } from './commands/simulate.ts';
import { startCommand } from './commands/start.ts';

export function buildProgram(context: CommandContext): Command {
  const program = new Command('ecs')
    .description('Empathetic Credit System: credit limits in real time, with reasons')
    .version('0.1.0')
    .showHelpAfterError('(ecs --help shows what is possible)')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 the words of the command are wrong, 3 something was found (doctor, replay, import).\nSettings come from the environment; docs/configuration.md lists them.',
    );
  const commands = [
    startCommand,
    migrateCommand,
    simulateCommand,
    importCommand,
    decideCommand,
    explainCommand,
    replayCommand,
    keysCommand,
    deadLettersCommand,
    doctorCommand,
    backupCommand,
    restoreCommand,
    resetCommand,
    modelCommand,
  ];
  for (const command of commands) program.addCommand(withThrownErrors(command(context)));
  return withThrownErrors(program);
}

/** Commander would end the process itself; we want to close what is open first. */
function withThrownErrors(command: Command): Command {
  command.exitOverride();
  for (const inner of command.commands) withThrownErrors(inner);
  return command;
}
