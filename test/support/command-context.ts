// A command's surroundings in a test: what it prints on standard output is kept, everything else goes nowhere.
import type { CommandContext } from '../../src/cli/command-context.ts';

export function listenToCommand(env: CommandContext['env'] = {}): { context: CommandContext; said: string[] } {
  const said: string[] = [];
  const terminal = {
    isInteractive: false,
    colours: false,
    out: (text: string) => said.push(text),
    say: () => {},
    progress: () => {},
  };
  return { context: { env, terminal, exitCode: 0 }, said };
}
