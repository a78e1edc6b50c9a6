// Starts and ends the PostgreSQL server process of a cluster. It runs in a process group of its own: Ctrl-C reaches
// ECS first, which then ends it in order.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleepMs } from 'node:timers/promises';
import { EcsError } from '../../lib/errors.ts';
import { saveSettings } from './cluster.ts';
import type { ClusterLocation } from './cluster-location.ts';
import { ifPresent } from './file-error.ts';
import type { NativeFolder } from './native-folder.ts';
import { disarmNote, findPostmaster, isAlive, readPostmasterNote } from './orphan.ts';
import { describeSpawnError, PROGRAM_ENVIRONMENT, WAY_OUT } from './run-program.ts';

export interface Postmaster {
  readonly port: number;
  /** Resolves when the server ended without being asked to. */
  readonly died: Promise<EcsError>;
  /** Ends open sessions, writes everything down, and resolves when the process is gone. */
  stop(): Promise<void>;
}

export interface PostmasterOptions {
  readonly location: ClusterLocation;
  readonly native: NativeFolder;
  readonly logFile: string;
  readonly maxConnections: number;
}

const PORT_ATTEMPTS = 5;
const POLL_MS = 10;
// Recovery after a crash replays up to a gigabyte of log.
const START_TIMEOUT_MS = 300_000;
const FAST_STOP_MS = 30_000;
const IMMEDIATE_STOP_MS = 10_000;
const LOG_BYTES_MAX = 10_000_000;

export async function startPostmaster(options: PostmasterOptions, findPort = findFreePort): Promise<Postmaster> {
  await stopOrphan(options.location.clusterDir);
  await turnLog(options.logFile);
  for (let attempt = 1; ; attempt++) {
    // Between our look and PostgreSQL's bind somebody else may take the port; then we look for another.
    const port = await findPort();
    await saveSettings(options.location.clusterDir, port, options.maxConnections);
    const outcome = await launch(options);
    if (outcome.child !== undefined) return toPostmaster(outcome.child, port, options.logFile);
    if (attempt === PORT_ATTEMPTS || !outcome.portTaken) throw outcome.error;
  }
}

function toPostmaster(child: ChildProcess, port: number, logFile: string): Postmaster {
  const stop = stopper(child);
  let asked = false;
  const died = new Promise<EcsError>((resolve) => {
    const tell = () => {
      if (!asked) resolve(describeDeath(child, logFile));
    };
    child.once('exit', tell);
    // It may have ended between its being ready and this line.
    if (isGone(child)) tell();
  });
  return {
    port,
    died,
    stop: () => {
      asked = true;
      return stop();
    },
  };
}

function describeDeath({ exitCode, signalCode }: ChildProcess, logFile: string): EcsError {
  const message = `The embedded PostgreSQL ended by itself (${signalCode ?? `code ${exitCode}`}); its log is ${logFile}. What was accepted is kept: start ECS again.`;
  return new EcsError('ECS_EMBEDDED_UNAVAILABLE', message);
}

function isGone(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}

type Launch =
  | { readonly child: ChildProcess }
  | { readonly child?: undefined; readonly portTaken: boolean; readonly error: EcsError };

async function launch({ location, native, logFile }: PostmasterOptions): Promise<Launch> {
  const program = join(native.path, 'bin', 'postgres');
  const log = await open(logFile, 'a', 0o600);
  try {
    const logStart = (await log.stat()).size;
    const child = spawn(program, ['-D', location.clusterDir], {
      ...location.user,
      cwd: '/',
      env: PROGRAM_ENVIRONMENT,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    const failure = await waitUntilReady(child, location.clusterDir, program);
    if (failure === undefined) {
      child.unref();
      return { child };
    }
    return describeFailure(failure, (await readFile(logFile)).subarray(logStart).toString('utf8'), logFile);
  } finally {
    await log.close();
  }
}

/** Resolves with undefined when the server accepts connections, else with what went wrong. */
async function waitUntilReady(child: ChildProcess, clusterDir: string, program: string): Promise<string | undefined> {
  let failure: string | undefined;
  child.once('error', (error) => (failure = describeSpawnError(program, error).message));
  child.once('exit', (code, signal) => (failure ??= `PostgreSQL ended at its start with ${signal ?? code}`));
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (failure === undefined && performance.now() < deadline) {
    const note = await readPostmasterNote(clusterDir);
    if (note?.[0] === String(child.pid) && note[7]?.trim() === 'ready') return undefined;
    await sleepMs(POLL_MS);
  }
  if (failure === undefined) await stopper(child)();
  return failure ?? `PostgreSQL was not ready after ${START_TIMEOUT_MS / 1000} s`;
}

function describeFailure(failure: string, logText: string, logFile: string): Launch {
  const lastWords = logText.trim().split('\n').slice(-6).join('\n');
  const message = `${failure}. Its last words, from ${logFile}:\n${lastWords}\n${WAY_OUT}`;
  return {
    portTaken: /could not (bind|create any TCP\/IP sockets)/.test(logText),
    error: new EcsError('ECS_EMBEDDED_UNAVAILABLE', message),
  };
}

/** SIGINT is PostgreSQL's fast shutdown; SIGQUIT, which costs a recovery, only if that does not end. */
function stopper(child: ChildProcess): () => Promise<void> {
  return async () => {
    for (const [signal, patienceMs] of STOP_STEPS) {
      if (isGone(child)) return;
      child.kill(signal);
      if (await waitUntil(() => isGone(child), patienceMs)) return;
    }
    throw new EcsError('ECS_EMBEDDED_UNAVAILABLE', `PostgreSQL (process ${child.pid}) does not end.`);
  };
}

const STOP_STEPS = [
  ['SIGINT', FAST_STOP_MS],
  ['SIGQUIT', IMMEDIATE_STOP_MS],
] as const;

/** A server whose ECS was killed still runs. It is ended rather than adopted: every start is then the same start. */
export async function stopOrphan(clusterDir: string): Promise<void> {
  const pid = await findPostmaster(clusterDir);
  if (pid === undefined) return disarmNote(clusterDir);
  for (const [signal, patienceMs] of STOP_STEPS) {
    if (isAlive(pid)) process.kill(pid, signal);
    if (await waitUntil(() => !isAlive(pid), patienceMs)) return;
  }
  throw new EcsError(
    'ECS_DATA_FOLDER_IN_USE',
    `A PostgreSQL left behind (process ${pid}) holds ${clusterDir} and does not end.`,
  );
}

async function waitUntil(condition: () => boolean, patienceMs: number): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  while (!condition()) {
    if (performance.now() > deadline) return false;
    await sleepMs(POLL_MS);
  }
  return true;
}

/** Keeps the log and one older part of it. */
async function turnLog(logFile: string): Promise<void> {
  const found = await ifPresent(stat(logFile));
  if (found !== undefined && found.size > LOG_BYTES_MAX) await rename(logFile, `${logFile}.1`);
}
