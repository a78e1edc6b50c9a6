// Runs Jest the way this project needs it: ES modules in its sandbox (without the warning about them), under any Node.

import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Resolves with Jest's exit code. `node` is the Node to run it with, else the one that runs this. */
export function runJest(args, { node = process.execPath } = {}) {
  const options = [process.env.NODE_OPTIONS, '--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const child = spawn(node, [join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js'), ...workers(args), ...args], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, NODE_OPTIONS: options.filter(Boolean).join(' ') },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

// Jest leaves one core free; on two cores that is a single worker, which waits for servers most of its time.
function workers(args) {
  const chosen = args.some((argument) => /^(-w|-i|--maxWorkers|--runInBand)/.test(argument));
  return chosen ? [] : [`--maxWorkers=${Math.max(2, availableParallelism() - 1)}`];
}
