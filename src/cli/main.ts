// The command line's entry: runs the command asked for, and turns trouble into one clear line and an exit code.
import { CommanderError } from 'commander';
import { environment } from '../config.ts';
import { isEcsError } from '../lib/errors.ts';
import { buildProgram } from './build-program.ts';
import type { CommandContext } from './command-context.ts';
import { EXIT_FAILED, EXIT_OK, EXIT_USAGE } from './exit-codes.ts';
import { createTerminal } from './terminal.ts';

function presentError(error: unknown, context: CommandContext): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE;
  if (isEcsError(error)) {
    context.terminal.say(`ecs: ${error.message} [${error.code}]`);
    return EXIT_FAILED;
  }
  context.terminal.say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return EXIT_FAILED;
}

async function main(): Promise<void> {
  const terminal = createTerminal(process);
  const context: CommandContext = { env: environment, terminal, exitCode: EXIT_OK };
  try {
    await buildProgram(context).parseAsync(process.argv);
    process.exitCode = context.exitCode;
  } catch (error) {
    process.exitCode = presentError(error, context);
  }
}

await main();
