// A member of ECS's consumer group that is not ECS: joins, takes its share, reads nothing of it, leaves, again and again. In a
// process of its own, so that nothing of the client library can stay in the group behind its back.
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';

export interface StrangerOrder {
  readonly brokers: readonly string[];
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly times: number;
  readonly stayMs: number;
}

const order = JSON.parse(process.env.FAULT_STRANGER_ORDER ?? '{}') as StrangerOrder;

async function visit(): Promise<void> {
  const client = new Kafka({ brokers: [...order.brokers], logLevel: logLevel.NOTHING, retry: { retries: 2 } });
  const restartOnFailure = async () => false;
  const { groupId } = order;
  const consumer = client.consumer({ groupId, sessionTimeout: 6_000, retry: { retries: 0, restartOnFailure } });
  await consumer.connect();
  await consumer.subscribe({ topics: [...order.topics] });
  await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: async () => {} });
  await sleep(order.stayMs);
  await consumer.disconnect();
}

for (let i = 0; i < order.times; i++) {
  await visit();
  process.send?.(i + 1);
}
process.exit(0);
