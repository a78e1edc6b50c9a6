// The command line as a person meets it: a process of its own, with words, an environment, an exit code and two streams.
// It runs from the sources, so that nobody tests what was built yesterday; scripts/check-start.mjs runs what was built.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { eventually } from '../../support/eventually.ts';

const ROOT = new URL('../../../', import.meta.url);
const LOADER = pathToFileURL(fileURLToPath(new URL('scripts/register-typescript.mjs', ROOT))).href;
const MAIN = fileURLToPath(new URL('src/cli/main.ts', ROOT));

export type Environment = Readonly<Record<string, string>>;

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningEcs {
  readonly stdout: () => string;
  readonly stderr: () => string;
  signal(name: NodeJS.Signals): void;
  /** Resolves when the process has ended. */
  readonly ended: Promise<Ran>;
}

const running = new Set<ChildProcessByStdio<null, Readable, Readable>>();

/** Nothing of the environment that the tests run in reaches ECS. */
export function spawnEcs(args: readonly string[], env: Environment): RunningEcs {
  const child = spawn(process.execPath, ['--import', LOADER, MAIN, ...args], {
    env: { PATH: process.env.PATH ?? '', TMPDIR: process.env.TMPDIR ?? '', HOME: process.env.HOME ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<Ran>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      running.delete(child);
      resolve({ code, stdout, stderr });
    });
  });
  return { stdout: () => stdout, stderr: () => stderr, signal: (name) => child.kill(name), ended };
}

export function runEcs(args: readonly string[], env: Environment): Promise<Ran> {
  return spawnEcs(args, env).ended;
}

/** Runs with --json and gives back what was printed; fails with everything the command said. */
// biome-ignore lint/suspicious/noExplicitAny: results are looked at field by field.
export async function runEcsJson(args: readonly string[], env: Environment, code = 0): Promise<any> {
  const ran = await runEcs([...args, '--json'], env);
  if (ran.code !== code) throw new Error(`ecs ${args.join(' ')} ended with ${ran.code}:\n${ran.stdout}${ran.stderr}`);
  return JSON.parse(ran.stdout);
}

/** Waits for something a running ECS prints, on either stream; fails at once if it ends before. */
export async function waitForOutput(ecs: RunningEcs, pattern: RegExp, timeoutMs = 30_000): Promise<RegExpExecArray> {
  let ended: Ran | undefined;
  void ecs.ended.then((ran) => {
    ended = ran;
  });
  const found = await eventually(
    () => {
      const match = pattern.exec(`${ecs.stdout()}${ecs.stderr()}`);
      if (match === null && ended === undefined) throw new Error(`no ${pattern} in:\n${ecs.stdout()}${ecs.stderr()}`);
      return match;
    },
    { timeoutMs },
  );
  if (found === null) throw new Error(`ECS ended with ${ended?.code}:\n${ended?.stdout}${ended?.stderr}`);
  return found;
}

/** For afterAll: a test that failed leaves no process behind. */
export async function endAllEcs(): Promise<void> {
  await Promise.all(
    [...running].map(
      (child) =>
        new Promise<void>((resolve) => {
          const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
          child.once('close', () => {
            clearTimeout(late);
            resolve();
          });
          child.kill('SIGTERM');
        }),
    ),
  );
}
