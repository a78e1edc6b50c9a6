// What upsets a consumer group: a member that stands still for longer than its session, and strangers that come and go.
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { INPUT_TOPICS } from '../../../src/events/topics.ts';
import { type Inject, targetsOf } from '../fault-run.ts';

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

/** A stranger takes its share of the partitions, reads nothing of them, and leaves: each time all of them change hands. */
export const stormGroup: Inject = async (run, fault) => {
  const mend = run.recovery.disturb('storm', Date.now());
  let joined = 0;
  for (let i = 0; i < fault.count; i++) {
    const client = new Kafka({ brokers: run.world.broker.brokers, logLevel: logLevel.NOTHING, retry: { retries: 2 } });
    const stranger = client.consumer({ groupId: 'ecs-faults', sessionTimeout: 6_000, retry: { retries: 0 } });
    try {
      await stranger.connect();
      await stranger.subscribe({ topics: [...INPUT_TOPICS] });
      await stranger.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: async () => {} });
      await sleep(fault.forMs);
      joined++;
    } catch {
      // Another fault has taken the broker away: then there is no group to be upset.
    } finally {
      await stranger.disconnect().catch(() => {});
    }
  }
  mend(Date.now());
  return joined;
};
