// What every command gets: the environment it was started in, the terminal to print on, and how to open the system.
import { type Config, loadConfig } from '../config.ts';
import { createLog, type Log } from '../lib/log.ts';
import { type OpenOptions, openSystem, type System } from '../open-system.ts';
import type { Terminal } from './terminal.ts';

export interface CommandContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
  /** Set by a command whose findings should show in the exit code. */
  exitCode: number;
}

/** Commands other than `start` keep the log quiet: what matters they say themselves. */
export function loadCommandConfig(context: CommandContext): { config: Config; log: Log } {
  const config = loadConfig(context.env);
  return {
    config,
    log: createLog(context.env.ECS_LOG_LEVEL === undefined ? 'error' : config.logLevel, process.stderr),
  };
}

/** Opens the system (beside a running ECS, if there is one), runs `work`, closes it whatever happens. */
export async function withSystem<T>(
  context: CommandContext,
  work: (system: System) => Promise<T>,
  options: OpenOptions = { attach: true },
): Promise<T> {
  const { config, log } = loadCommandConfig(context);
  const system = await openSystem(config, log, options);
  try {
    return await work(system);
  } finally {
    await system.close();
  }
}

/** One result, for people or for programs. */
export function printResult(
  context: CommandContext,
  json: boolean | undefined,
  result: unknown,
  text: () => string,
): void {
  context.terminal.out(json === true ? JSON.stringify(result) : text());
}
