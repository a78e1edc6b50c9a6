// Runs one of the harness's own TypeScript files as a process, with its order in an environment variable.
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

const REGISTER = join(import.meta.dirname, '..', '..', '..', 'scripts', 'register-typescript.mjs');

export function forkScript(file: string, env: Readonly<Record<string, string>>): ChildProcess {
  return fork(file, {
    execArgv: ['--import', REGISTER],
    env: { ...process.env, NODE_OPTIONS: '', KAFKAJS_NO_PARTITIONER_WARNING: '1', ...env },
  });
}
