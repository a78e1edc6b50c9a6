// What upsets a consumer group: a member that stands still for longer than its session, and strangers that come and go.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { INPUT_TOPICS } from '../../../src/events/topics.ts';
import { type Inject, targetsOf } from '../fault-run.ts';
import { forkScript } from '../world/fork-script.ts';
import { CONSUMER_GROUP } from '../world/start-world.ts';
import type { StrangerOrder } from './stranger.ts';

/** When it goes on, its partitions are another's: whatever it still has at hand must come to nothing. */
export const pauseWorker: Inject = async (run, fault) => {
  const mend = run.recovery.disturb('pause', Date.now());
  const workers = targetsOf(run, fault);
  for (const worker of workers) worker.signal('SIGSTOP');
  await sleep(fault.forMs);
  for (const worker of workers) worker.signal('SIGCONT');
  mend(Date.now());
  return workers.length;
};

const STORM_WITHIN_MS = 25_000;

/** Each time all partitions change hands. Where another fault has taken the broker away, there is no group to be upset. */
export const stormGroup: Inject = async (run, fault) => {
  const mend = run.recovery.disturb('storm', Date.now());
  const order: StrangerOrder = {
    brokers: run.world.broker.brokers,
    groupId: CONSUMER_GROUP,
    topics: INPUT_TOPICS,
    times: fault.count,
    stayMs: fault.forMs,
  };
  const joined = await sendStranger(order);
  mend(Date.now());
  return joined;
};

async function sendStranger(order: StrangerOrder): Promise<number> {
  const child = forkScript(join(import.meta.dirname, 'stranger.ts'), { FAULT_STRANGER_ORDER: JSON.stringify(order) });
  let joined = 0;
  child.on('message', (count: number) => {
    joined = count;
  });
  const late = setTimeout(() => child.kill('SIGKILL'), STORM_WITHIN_MS);
  await new Promise<void>((resolve) => child.once('exit', () => resolve()));
  clearTimeout(late);
  return joined;
}
