// What every fault is handed: the world, and where to note what is broken and since when.
import type { Recovery } from './recovery.ts';
import type { PlannedFault } from './schedule.ts';
import type { World } from './world/start-world.ts';
import type { Worker } from './world/worker.ts';

export interface FaultRun {
  readonly world: World;
  readonly recovery: Recovery;
  /** Database and broker can each be down only once at a time: what comes meanwhile waits for its turn. */
  readonly turns: Turns;
  readonly say: (text: string) => void;
}

/** Injects a fault, mends what has to be mended, and gives back how often it took place. */
export type Inject = (run: FaultRun, fault: PlannedFault) => Promise<number>;

export interface Turns {
  take<T>(what: string, work: () => Promise<T>): Promise<T>;
}

export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return {
    take(what, work) {
      const own = (last.get(what) ?? Promise.resolve()).then(work, work);
      last.set(what, own);
      return own;
    },
  };
}

export function workerNamed({ world }: FaultRun, name: string): Worker {
  const found = world.workers.find((worker) => worker.name === name);
  if (found === undefined) throw new Error(`there is no worker named ${name}`);
  return found;
}

export function targetsOf(run: FaultRun, fault: PlannedFault): Worker[] {
  return fault.targets.map((name) => workerNamed(run, name));
}
