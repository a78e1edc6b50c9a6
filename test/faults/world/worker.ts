// One real `ecs start` process in its place: the place keeps its role, its proxies and its log, and a process that ended is
// followed by another one, as any supervisor would do it.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DatabaseProxy, type SeenCommit, startDatabaseProxy } from '../proxy/database-proxy.ts';
import { startTcpProxy, type TcpProxy } from '../proxy/tcp-proxy.ts';

export type WorkerRole = 'ingest' | 'relay' | 'api';

export interface Worker {
  readonly name: string;
  readonly role: WorkerRole;
  readonly database: DatabaseProxy;
  readonly broker: TcpProxy;
  readonly pid: () => number | undefined;
  /** How often it ended without having been asked to. */
  readonly ownEnds: () => number;
  kill(): void;
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** SIGTERM; resolves when the next process has been started. */
  roll(): Promise<void>;
  /** Makes the clock of the next processes run off by so much. */
  shiftClock(ms: number): void;
  /** Ends the process for good, and its proxies. */
  stop(): Promise<void>;
}

export interface WorkerOptions {
  readonly name: string;
  readonly role: WorkerRole;
  /** The tree whose built ECS is run. */
  readonly root: string;
  readonly logFile: string;
  readonly databasePort: () => number;
  readonly brokerPort: number;
  readonly urlVia: (port: number) => string;
  readonly env: Readonly<Record<string, string>>;
  readonly onCommit: (commit: SeenCommit) => void;
}

const RESTART_AFTER_MS = 200;
const STOP_WITHIN_MS = 25_000;
const CLOCK_PRELOAD = join(import.meta.dirname, 'shift-clock.mjs');

/** The proxies first: the broker has to know the port that it advertises before it starts. */
export async function openPlace(options: Pick<WorkerOptions, 'databasePort' | 'brokerPort' | 'onCommit'>) {
  const database = await startDatabaseProxy({ targetPort: options.databasePort, onCommit: options.onCommit });
  const broker = await startTcpProxy(() => options.brokerPort);
  return { database, broker };
}

export function startWorker(options: WorkerOptions, place: Awaited<ReturnType<typeof openPlace>>): Worker {
  let child: ChildProcess;
  let asked = false;
  let ended = false;
  let ownEnds = 0;
  let clockMs = 0;
  let exited: Promise<void> = Promise.resolve();

  function begin(): void {
    const log = openSync(options.logFile, 'a');
    child = spawn(
      process.execPath,
      [join(options.root, 'bin', 'ecs.js'), 'start', '--no-demo', '--roles', options.role],
      {
        cwd: options.root,
        env: makeEnvironment(options, place, clockMs),
        stdio: ['ignore', log, log],
      },
    );
    closeSync(log);
    asked = false;
    exited = new Promise((resolve) => child.once('exit', () => resolve()));
    void exited.then(follow);
  }

  async function follow(): Promise<void> {
    if (!asked && !ended) ownEnds++;
    await sleep(RESTART_AFTER_MS);
    if (!ended) begin();
  }

  function end(signal: NodeJS.Signals): void {
    asked = true;
    child.kill(signal);
  }

  begin();
  return {
    name: options.name,
    role: options.role,
    ...place,
    pid: () => child.pid,
    ownEnds: () => ownEnds,
    kill: () => end('SIGKILL'),
    signal: (signal) => child.kill(signal),
    async roll() {
      const own = exited;
      end('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      await own;
      clearTimeout(late);
      await sleep(RESTART_AFTER_MS + 50);
    },
    shiftClock(ms) {
      clockMs = ms;
    },
    async stop() {
      ended = true;
      child.kill('SIGCONT');
      end('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      await exited;
      clearTimeout(late);
      await place.database.stop();
      await place.broker.stop();
    },
  };
}

const FOREIGN = /^(ECS_|KAFKA_|DATABASE_URL$|DB_|PG|HOST$|PORT$|NODE_OPTIONS$)/;

/** Nothing of the caller's own installation may leak in. */
export function cleanEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN.test(name)));
}

function makeEnvironment(
  { env, urlVia }: WorkerOptions,
  place: Awaited<ReturnType<typeof openPlace>>,
  clockMs: number,
): Record<string, string | undefined> {
  const shift = clockMs === 0 ? {} : { NODE_OPTIONS: `--import ${CLOCK_PRELOAD}`, FAULT_CLOCK_MS: String(clockMs) };
  return {
    ...cleanEnvironment(),
    ...env,
    ...shift,
    DATABASE_URL: urlVia(place.database.port),
    KAFKA_BROKERS: `127.0.0.1:${place.broker.port}`,
  };
}
