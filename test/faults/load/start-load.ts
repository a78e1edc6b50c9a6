// Starts the process of the load and gives orders to it: each is answered when it has been carried out.
import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { LoadCommand, LoadOrder, LoadReport } from './load-process.ts';

export interface LoadHandle {
  order(command: LoadCommand): Promise<LoadReport>;
  /** Rejects when the load ends without having been told to: then nothing that follows proves anything. */
  readonly failed: Promise<never>;
  kill(): void;
}

const HERE = import.meta.dirname;
const REGISTER = join(HERE, '..', '..', '..', 'scripts', 'register-typescript.mjs');

export function startLoad(order: LoadOrder): LoadHandle {
  const child = fork(join(HERE, 'load-process.ts'), {
    execArgv: ['--import', REGISTER],
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      KAFKAJS_NO_PARTITIONER_WARNING: '1',
      FAULT_LOAD_ORDER: JSON.stringify(order),
    },
  });
  const failed = new Promise<never>((_, reject) => {
    child.once('exit', (code) => {
      if (code !== 0) reject(new Error(`the load ended with ${code}`));
    });
  });
  failed.catch(() => {});
  return {
    order(command) {
      const answered = new Promise<LoadReport>((resolve) => {
        const listen = (report: LoadReport) => {
          if (report.done !== command) return;
          child.off('message', listen);
          resolve(report);
        };
        child.on('message', listen);
      });
      child.send(command);
      return Promise.race([answered, failed]);
    },
    failed,
    kill: () => void child.kill('SIGKILL'),
  };
}
