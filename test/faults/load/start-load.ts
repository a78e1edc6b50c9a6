// Starts the process of the load and gives orders to it: each is answered when it has been carried out.
import { join } from 'node:path';
import { forkScript } from '../world/fork-script.ts';
import type { LoadCommand, LoadOrder, LoadReport } from './load-process.ts';

export interface LoadHandle {
  order(command: LoadCommand): Promise<LoadReport>;
  /** Rejects when the load ends without having been told to: then nothing that follows proves anything. */
  readonly failed: Promise<never>;
  kill(): void;
}

export function startLoad(order: LoadOrder): LoadHandle {
  const child = forkScript(join(import.meta.dirname, 'load-process.ts'), { FAULT_LOAD_ORDER: JSON.stringify(order) });
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
