// Creates topics on a test's broker and returns when every partition has a leader, so the first produce cannot fail.

import { Kafka, logLevel } from 'kafkajs';

export interface TopicToCreate {
  readonly topic: string;
  readonly partitions?: number;
  readonly config?: Readonly<Record<string, string>>;
}

export async function createTopics(brokers: readonly string[], topics: readonly TopicToCreate[]): Promise<void> {
  const kafka = new Kafka({ clientId: 'test-admin', brokers: [...brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  try {
    await admin.createTopics({
      waitForLeaders: true,
      topics: topics.map(({ topic, partitions = 1, config = {} }) => ({
        topic,
        numPartitions: partitions,
        replicationFactor: 1,
        configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
      })),
    });
  } finally {
    await admin.disconnect();
  }
}
