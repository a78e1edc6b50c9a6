// What ECS asks a Kafka cluster about topics, and how it creates them.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { connectKafka, type KafkaSettings, toKafkaError } from './kafka-client.ts';

export interface PartitionBounds {
  readonly partition: number;
  /** The oldest offset that is still there. */
  readonly low: number;
  /** One past the newest record. */
  readonly high: number;
}

export interface TopicToCreate {
  readonly topic: string;
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
}

export interface KafkaAdmin {
  listTopics(): Promise<string[]>;
  createTopics(topics: readonly TopicToCreate[]): Promise<void>;
  /** One entry per partition that the topic has. */
  loadBounds(topic: string): Promise<PartitionBounds[]>;
  /** The same for several topics over one connection; in the order given. */
  loadBoundsOfAll(topics: readonly string[]): Promise<PartitionBounds[][]>;
}

/** Every call on a connection of its own: they are rare, and nothing is left half open behind a broker that went. */
export function createKafkaAdmin(settings: KafkaSettings): KafkaAdmin {
  async function run<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = connectKafka(settings).admin();
    try {
      await admin.connect();
      return await work(admin);
    } catch (error) {
      throw toKafkaError(error);
    } finally {
      await admin.disconnect();
    }
  }
  return {
    listTopics: () => run((admin) => admin.listTopics()),
    createTopics: (topics) =>
      run(async (admin) => {
        await admin.createTopics({
          waitForLeaders: true,
          topics: topics.map(({ topic, partitions, config }) => ({
            topic,
            numPartitions: partitions,
            configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
          })),
        });
      }),
    loadBounds: (topic) => run((admin) => loadTopicBounds(admin, topic)),
    loadBoundsOfAll: (topics) =>
      run(async (admin) => {
        const bounds: PartitionBounds[][] = [];
        for (const topic of topics) bounds.push(await loadTopicBounds(admin, topic));
        return bounds;
      }),
  };
}

async function loadTopicBounds(admin: Admin, topic: string): Promise<PartitionBounds[]> {
  const bounds = await whileLeaderless(() => admin.fetchTopicOffsets(topic));
  return bounds.map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }));
}

const LEADERLESS_ATTEMPTS = 10;
const LEADERLESS_PAUSE_MS = 200;

/** A partition that was just made, or whose broker just went, has no leader for a moment; the library gives up on that. */
async function whileLeaderless<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const type = error instanceof Error && 'type' in error ? error.type : undefined;
      const again = type === 'NOT_LEADER_FOR_PARTITION' || type === 'LEADER_NOT_AVAILABLE';
      if (!again || attempt === LEADERLESS_ATTEMPTS) throw error;
      await sleep(LEADERLESS_PAUSE_MS);
    }
  }
}
