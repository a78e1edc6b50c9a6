// A broker of its own for a file of stream tests (the topics have fixed names, so a shared one would mix the files up), and
// for each test an empty log, an empty database, and roads that are stopped when it ends.
import { randomUUID } from 'node:crypto';
import { type Admin, Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';
import type pg from 'pg';
import type { RunningKafka } from '../../../scripts/kafka-launcher.mjs';
import { createKafkaAdmin } from '../../../src/events/kafka-admin.ts';
import { INPUT_TOPICS, type InputTopic } from '../../../src/events/topics.ts';
import {
  createKafkaRoad,
  type IngestOptions,
  type KafkaRoad,
  type KafkaRoadOptions,
} from '../../../src/ingest/index.ts';
import { ensureTopics } from '../../../src/ingest/kafka/ensure-topics.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createLog } from '../../../src/lib/log.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { makeIngest, PARTITIONS } from '../../support/ingest-world.ts';
import { startOwnKafka } from '../../support/kafka.ts';

export interface StreamWorld {
  readonly database: TestDatabase;
  readonly pool: pg.Pool;
  readonly producer: Producer;
  readonly admin: Admin;
  readonly brokers: string[];
  /** Settings for clients and roads; each test has its own consumer group. */
  readonly kafka: KafkaRoadOptions['kafka'];
  startRoad(
    options?: Partial<KafkaRoadOptions> & { readonly ingestOptions?: Partial<IngestOptions> },
  ): Promise<KafkaRoad>;
}

export const LOG = createLog(process.env.TEST_LOG_LEVEL ?? 'silent');

export function settingsFor(brokers: readonly string[], consumerGroup: string): KafkaRoadOptions['kafka'] {
  return { brokers, clientId: 'ecs-test', ssl: false, sasl: null, consumerGroup, createTopics: true };
}

/** Call at the top of a test file; `world()` is the world of the running test. */
export function useStreamWorld(): () => StreamWorld {
  let broker: RunningKafka;
  let client: Kafka;
  let admin: Admin;
  let producer: Producer;
  let world: StreamWorld;
  let roads: KafkaRoad[] = [];

  beforeAll(async () => {
    broker = await startOwnKafka();
    client = new Kafka({ brokers: broker.brokers, logLevel: logLevel.NOTHING });
    admin = client.admin();
    producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await admin.connect();
    await producer.connect();
    await ensureTopics(createKafkaAdmin(settingsFor(broker.brokers, '')), {
      partitions: PARTITIONS,
      createTopics: true,
    });
  }, 120_000);

  afterAll(async () => {
    await producer.disconnect();
    await admin.disconnect();
    await broker.stop();
  });

  beforeEach(async () => {
    await emptyTopics(admin);
    const database = await createTestDatabase();
    const kafka = settingsFor(broker.brokers, `group-${randomUUID()}`);
    roads = [];
    world = {
      database,
      pool: database.pool,
      producer,
      admin,
      brokers: broker.brokers,
      kafka,
      async startRoad({ ingestOptions = {}, ...options } = {}) {
        const ingest = makeIngest(database.pool, { consumerGroup: kafka.consumerGroup, ...ingestOptions });
        const road = createKafkaRoad({
          ingest,
          pool: database.pool,
          kafka,
          partitions: PARTITIONS,
          clock: systemClock,
          random: Math.random,
          log: LOG,
          onStalled: () => {},
          watchMs: 300,
          ...options,
        });
        roads.push(road);
        await road.start();
        return road;
      },
    };
  });

  afterEach(async () => {
    await Promise.all(roads.map((road) => road.stop()));
    await world.database.drop();
  });

  return () => world;
}

async function emptyTopics(admin: Admin): Promise<void> {
  for (const topic of INPUT_TOPICS) {
    // A topic that was made a moment ago may not have a leader in every answer.
    const ends = await eventually(() => admin.fetchTopicOffsets(topic));
    const full = ends.filter(({ low, high }) => low !== high);
    const partitions = full.map(({ partition, high }) => ({ partition, offset: high }));
    if (partitions.length > 0) await admin.deleteTopicRecords({ topic, partitions });
  }
}

/** Structured events, keyed by customer as every producer should. */
export async function send(
  producer: Producer,
  topic: InputTopic,
  events: readonly { readonly subject: string }[],
): Promise<void> {
  await producer.send({
    topic,
    messages: events.map((event) => ({ key: event.subject, value: JSON.stringify(event) })),
  });
}
