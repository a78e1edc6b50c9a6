// A process that decides: the production worker and the production decider.
import { createDecider, createDecisionWorker, type Decider } from '../../src/decision/index.ts';
import { isEcsError } from '../../src/lib/errors.ts';
import { createLog } from '../../src/lib/log.ts';
import { silentLog } from '../support/decision-database.ts';
import { fixedModelSource } from '../support/fixed-model-source.ts';
import type { SimulatedProcess } from './scheduler.ts';
import type { World } from './world.ts';

export function makeDecider(world: World, process: SimulatedProcess): Decider {
  return createDecider({
    pool: world.database.poolFor(process),
    models: fixedModelSource(world.model),
    policies: world.policies,
    clock: world.clockOf(process),
    makeId: world.makeId,
    makeNonce: world.makeId,
    kafkaDestination: true,
    log: silentLog,
  });
}

export function startDecisionProcess(world: World, name: string): SimulatedProcess {
  const process = world.scheduler.spawn(name);
  const clock = world.clockOf(process);
  const options = { batchSize: 3, lanes: 2, clock, log: logOf(world), pool: world.database.poolFor(process) };
  const worker = createDecisionWorker({ ...options, decider: makeDecider(world, process) });
  const isAnyDue = () =>
    world.database.committed.rows('decision_queue').some((row) => row.not_before.getTime() <= clock());
  world.run(process, async () => {
    for (;;) {
      await world.scheduler.step(process, 'looks at the queue', () => {}, isAnyDue);
      await goOnAfterTrouble(() => worker.drain());
    }
  });
  return process;
}

/** Nobody here is undecidable: a customer that is put back is a failure of the worker. */
function logOf({ violations }: World) {
  const write = (line: string) => {
    violations.push({ invariant: 'no process meets an error that nobody foresaw', message: line.slice(0, 1_000) });
    return true;
  };
  return createLog('error', { write } as unknown as NodeJS.WritableStream);
}

async function goOnAfterTrouble(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isEcsError(error) || !error.retryable) throw error;
  }
}
