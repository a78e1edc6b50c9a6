// Where the partitions of topics end, asked of a broker that may have been killed a moment ago: for some seconds after it
// answers it says of partitions that it does not lead them yet, and such an answer is asked for again.
import { Kafka, logLevel } from 'kafkajs';
import { eventually } from '../../support/eventually.ts';

const WITHIN_MS = 60_000;

/** By `topic/partition`. Fails when the broker does not tell within a minute. */
export async function loadTopicEnds(
  brokers: readonly string[],
  topics: readonly string[],
): Promise<Map<string, number>> {
  return eventually(() => askForEnds(brokers, topics), { timeoutMs: WITHIN_MS, everyMs: 250 });
}

async function askForEnds(brokers: readonly string[], topics: readonly string[]): Promise<Map<string, number>> {
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const ends = new Map<string, number>();
    for (const topic of topics) {
      for (const { partition, high } of await admin.fetchTopicOffsets(topic))
        ends.set(`${topic}/${partition}`, Number(high));
    }
    return ends;
  } finally {
    await admin.disconnect();
  }
}
