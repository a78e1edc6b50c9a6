// `ecs start`: runs the chosen roles until it is told to stop, and says where everything is. With nothing configured it
// brings a small invented population along, so that the first decision can be watched.
import { Command, InvalidArgumentError } from 'commander';
import { type Config, loadConfig, ROLES, type Role } from '../../config.ts';
import { EcsError } from '../../lib/errors.ts';
import { createLog } from '../../lib/log.ts';
import { type RunningSystem, startSystem } from '../../main.ts';
import { openSystem, type System } from '../../open-system.ts';
import type { CommandContext } from '../command-context.ts';
import { runDemo } from '../simulate/run-demo.ts';
import { paint, type Terminal } from '../terminal.ts';

interface StartCommandOptions {
  readonly roles: Role[];
  readonly demo?: boolean;
}

export function startCommand(context: CommandContext): Command {
  return new Command('start')
    .description('run ECS')
    .option('--roles <list>', `what this process does: ${ROLES.join(',')}`, parseRoles, [...ROLES])
    .option('--demo', 'bring invented people along (the default where neither database nor broker is configured)')
    .option('--no-demo', 'start empty')
    .addHelpText(
      'after',
      '\nExamples:\n  ecs start\n  ecs start --no-demo\n  DATABASE_URL=postgres://... KAFKA_BROKERS=broker:9092 ecs start --roles ingest,relay',
    )
    .action(async (options: StartCommandOptions) => {
      const config = loadConfig(context.env);
      await run(context, config, options);
    });
}

function parseRoles(text: string): Role[] {
  const names = text.split(',').map((name) => name.trim());
  const roles = ROLES.filter((role) => names.includes(role));
  const unknown = names.find((name) => !ROLES.some((role) => role === name));
  if (unknown !== undefined) throw new InvalidArgumentError(`${unknown} is no role; expected ${ROLES.join(', ')}.`);
  return roles;
}

async function run(context: CommandContext, config: Config, options: StartCommandOptions): Promise<void> {
  const { terminal } = context;
  const ending = waitForEnd();
  const log = createLog(config.logLevel, process.stderr);
  const bare = config.databaseUrl === null && config.kafka === null;
  // A person at the demonstration wants the story; the log is for those who run ECS for others.
  if (bare && context.env.ECS_LOG_LEVEL === undefined) log.level = 'warn';
  terminal.out(paint(terminal, 'bold', 'ECS 0.1.0'));
  const system = await openSystem(config, log);
  void system.databaseDied.then(ending.fail);
  try {
    const demo = options.demo ?? bare;
    const running = await startSystem(system, { roles: options.roles, demo, onFatal: ending.fail });
    try {
      sayWhereThingsAre(terminal, system, running, options.roles);
      await liveUntilEnd({ context, system, running, options, ending });
    } finally {
      terminal.say('stopping');
      await running.stop();
    }
  } finally {
    await system.close();
    ending.forget();
  }
  terminal.say('stopped; what was learned is kept');
}

interface Ending {
  /** Resolves on a signal, rejects on what no retry mends. */
  readonly end: Promise<void>;
  readonly fail: (error: EcsError) => void;
  forget(): void;
}

function waitForEnd(): Ending {
  const { promise, resolve, reject } = promiseWithResolvers();
  // A rejection before anybody waits must not end the process by itself.
  promise.catch(() => {});
  const onSignal = () => resolve();
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    end: promise,
    fail: reject,
    forget: () => {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    },
  };
}

// Promise.withResolvers came with Node 22.
function promiseWithResolvers() {
  let resolve: () => void = () => {};
  let reject: (error: EcsError) => void = () => {};
  const promise = new Promise<void>((onDone, onFailed) => {
    resolve = onDone;
    reject = onFailed;
  });
  return { promise, resolve, reject };
}

async function liveUntilEnd(run: {
  readonly context: CommandContext;
  readonly system: System;
  readonly running: RunningSystem;
  readonly options: StartCommandOptions;
  readonly ending: Ending;
}): Promise<void> {
  const { context, system, running, options, ending } = run;
  const wantsDemo = options.demo ?? running.installation.demo;
  if (wantsDemo && !running.installation.demo) {
    throw new EcsError(
      'ECS_CONFIG_INVALID',
      'This installation was started without invented people, and they never mix with real ones. Use another data folder (ECS_DATA_DIR) or database for --demo.',
    );
  }
  const alive = wantsDemo && options.roles.includes('ingest');
  if (!alive) return ending.end;
  const demo = await runDemo({ terminal: context.terminal, system, running, onError: ending.fail, ended: ending.end });
  try {
    await ending.end;
  } finally {
    await demo.stop();
  }
}

function sayWhereThingsAre(terminal: Terminal, system: System, running: RunningSystem, roles: readonly Role[]): void {
  const { config, modelFile, policies } = system;
  const line = (name: string, text: string) => terminal.out(`  ${paint(terminal, 'dim', name.padEnd(9))} ${text}`);
  line(
    'database',
    system.database === 'embedded' ? `embedded PostgreSQL in ${config.dataDir}` : 'the PostgreSQL given',
  );
  line('events', config.kafka === null ? 'over HTTP' : `Kafka at ${config.kafka.brokers.join(', ')}`);
  const { champion } = running;
  const elsewhere = champion.modelVersion === modelFile.modelVersion ? '' : '  (from the registry, not the model file)';
  line('model', `${champion.artefact.name} ${champion.modelVersion.slice(0, 12)}${elsewhere}`);
  const policy = policies.byPack.get(policies.defaultPack);
  const mode = policy?.document.pack.emotionMode ?? 'off';
  const emotion = mode === 'bounded' ? 'protective, bounded under an open verdict' : mode;
  line('policy', `${policies.defaultPack} (emotion: ${emotion})`);
  line('roles', roles.join(', '));
  const { address, firstKey } = running;
  if (address !== null) sayAddress(line, address, config.portGiven ? null : config.port);
  sayKey(terminal, line, firstKey);
}

function sayAddress(
  line: (name: string, text: string) => void,
  address: { host: string; port: number },
  usualPort: number | null,
): void {
  const url = `http://${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
  const moved = usualPort !== null && usualPort !== address.port ? `  (port ${usualPort} is taken)` : '';
  line('API', `${url}${moved}`);
  line('docs', `${url}/docs`);
}

function sayKey(terminal: Terminal, line: (name: string, text: string) => void, key: RunningSystem['firstKey']): void {
  if (key.outcome === 'present' && !key.adminKeyKnown) {
    line(
      'key',
      'ECS_ADMIN_KEY is not among the keys of this installation and was not added: it sets only the first one',
    );
    return;
  }
  if (key.outcome === 'present') {
    line('key', 'made at the first start; `node bin/ecs.js keys create NAME --scope admin` makes another');
    return;
  }
  if (key.token === null) line('key', 'the one in ECS_ADMIN_KEY');
  else line('key', `${paint(terminal, 'bold', key.token)}  (printed this once)`);
}
