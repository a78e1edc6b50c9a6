// Runs one of the small PostgreSQL programs to its end, as the server's user, and hands back what it said.
import { spawn } from 'node:child_process';
import { EcsError } from '../../lib/errors.ts';
import type { ServerUser } from './server-user.ts';

/** The launcher's own environment must not leak in: PGDATA, PGPORT or a foreign locale would change the result. */
export const PROGRAM_ENVIRONMENT = { LC_ALL: 'C', PATH: '/usr/bin:/bin' } as const;

export const WAY_OUT = 'Set DATABASE_URL to use a PostgreSQL of your own instead.';

export interface ProgramRun {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly user: ServerUser | undefined;
  readonly input?: string;
}

/** Resolves with the output; a program that cannot start or fails is ECS_EMBEDDED_UNAVAILABLE with its last words. */
export function runProgram(run: ProgramRun): Promise<string> {
  return new Promise((resolve, reject) => {
    // In a process group of its own, so that Ctrl-C cannot stop it half way: ECS hears it, and ends it in order.
    const child = spawn(run.program, run.arguments, {
      ...run.user,
      cwd: '/',
      env: PROGRAM_ENVIRONMENT,
      detached: true,
      stdio: 'pipe',
    });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    child.on('error', (error) => reject(describeSpawnError(run.program, error)));
    // A program that dies early closes its input; its exit code says what matters.
    child.stdin.on('error', () => {});
    child.on('close', (code, signal) => {
      const text = Buffer.concat(output).toString('utf8');
      if (code === 0) return resolve(text);
      const lastWords = text.trim().split('\n').slice(-6).join('\n');
      reject(
        new EcsError(
          'ECS_EMBEDDED_UNAVAILABLE',
          `${run.program} ended with ${signal ?? code}: ${lastWords}\n${WAY_OUT}`,
        ),
      );
    });
    child.stdin.end(run.input ?? '');
  });
}

export function describeSpawnError(program: string, error: Error): EcsError {
  return new EcsError('ECS_EMBEDDED_UNAVAILABLE', `${program} cannot be started (${error.message}). ${WAY_OUT}`, {
    cause: error,
  });
}
