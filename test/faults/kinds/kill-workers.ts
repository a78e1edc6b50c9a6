// ECS processes that end: by SIGKILL at a named point of their traffic with PostgreSQL, or by SIGTERM as in a rolling restart.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Inject, targetsOf } from '../fault-run.ts';
import type { Armed } from '../proxy/database-proxy.ts';
import { findPoint } from '../proxy/named-points.ts';
import type { Worker } from '../world/worker.ts';

/** A point that is not reached by then is not waited for: the process is killed where it is. */
export const PATIENCE_MS = 5_000;

export const killWorkers: Inject = async (run, fault) => {
  const kills = targetsOf(run, fault).map(async (worker, index) => {
    const point = fault.points[index] ?? 'ingest.before-commit';
    const isAimed = await killAt(worker, point, () => run.recovery.workerKilled(worker.name, Date.now()));
    run.say(`killed ${worker.name} ${isAimed ? `at ${point}` : `before it came to ${point}`}`);
  });
  await Promise.all(kills);
  return kills.length;
};

/** False where the point was not reached in time. */
async function killAt(worker: Worker, pointName: string, onKill: () => void): Promise<boolean> {
  const kill = () => {
    worker.kill();
    onKill();
  };
  let tellFired: () => void = () => {};
  const fired = new Promise<true>((resolve) => {
    tellFired = () => resolve(true);
  });
  const armed: Armed = { point: findPoint(pointName), action: 'kill', kill, onFired: tellFired };
  worker.database.arm(armed);
  const isAimed = await Promise.race([fired, sleep(PATIENCE_MS, false)]);
  if (isAimed || !worker.database.disarm(armed)) return true;
  kill();
  return false;
}

export const rollWorkers: Inject = async (run, fault) => {
  for (const worker of targetsOf(run, fault)) {
    const mend = run.recovery.disturb('roll', Date.now());
    await worker.roll();
    mend(Date.now());
  }
  return fault.targets.length;
};
