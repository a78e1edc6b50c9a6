// A real broker, an embedded PostgreSQL with the product's schema and customers, and a producer that keeps Kafka's own
// partitioning: what the benches through Kafka have in common. `close` ends all of it.

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { startKafka } from '../../scripts/kafka-launcher.mjs';
import { startChild } from './child-process.mjs';
import { loadProduct } from './load-product.mjs';
import { NODE_FLAGS } from './node-flags.mjs';
import { openBenchSystem } from './open-bench-system.mjs';

export const PARTITIONS = 12;
export const TOPIC = 'ecs.emotions.v1';
const CHUNK = 2_000;

export async function openStreamWorld({ say }) {
  const product = await loadProduct(
    'config.js',
    'open-system.js',
    'start-events-in.js',
    'ingest/index.js',
    'ingest/kafka/kafka-reader.js',
    'lib/log.js',
    'lib/ids.js',
    'lib/seeded-random.js',
    'events/partition-of.js',
    'events/kafka-admin.js',
    'events/topics.js',
  );
  const open = [];
  const close = async () => {
    for (const end of open.splice(0).reverse()) await end();
  };
  try {
    say('starting Kafka and PostgreSQL');
    const dir = mkdtempSync(join(tmpdir(), 'ecs-bench-kafka-'));
    open.push(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));
    const broker = await startKafka({ dir, temporary: true, log: say });
    open.push(() => broker.stop());
    const brokers = broker.brokers.join(',');
    const world = await openBenchSystem(product, { KAFKA_BROKERS: brokers, ECS_PARTITIONS: String(PARTITIONS) });
    open.push(() => world.close());
    const kafka = new Kafka({ brokers: broker.brokers, logLevel: logLevel.NOTHING });
    const producer = kafka.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    open.push(() => producer.disconnect());
    return { ...world, product, pool: world.system.pool, kafka, producer, brokers, close, open };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A process with the production Kafka road; not started yet. */
export async function startIngestProcess(world, group, env = {}) {
  const settings = {
    PATH: process.env.PATH,
    DATABASE_URL: world.system.pool.options.connectionString,
    KAFKA_BROKERS: world.brokers,
    KAFKA_CONSUMER_GROUP: group,
    ECS_LOG_LEVEL: 'error',
    ...env,
  };
  const child = await startChild('ingest-process.mjs', settings, NODE_FLAGS);
  world.open.push(() => child.end());
  return child;
}

/** A process that makes and sends events of the customers. */
export async function startProducerProcess(world, customers) {
  const child = await startChild('producer-process.mjs', {
    PATH: process.env.PATH,
    BENCH_BROKERS: world.brokers,
    BENCH_TOPIC: TOPIC,
    BENCH_PARTITIONS: String(PARTITIONS),
    BENCH_CUSTOMERS: String(customers),
  });
  world.open.push(() => child.end());
  return child;
}

/** Sends the values of `source.next(...)` to their partitions. */
export async function produce(producer, topic, values) {
  const messages = values.flatMap((own, partition) => own.map((value) => ({ value, partition })));
  for (let start = 0; start < messages.length; start += CHUNK) {
    await producer.send({ topic, messages: messages.slice(start, start + CHUNK) });
  }
}

export async function createTopics(kafka, topics) {
  const admin = kafka.admin();
  await admin.connect();
  const wanted = topics.map((topic) => ({ topic, numPartitions: PARTITIONS, replicationFactor: 1 }));
  // Not waited for: the library gives up on a leader that is a moment late, its producer does not.
  await admin.createTopics({ topics: wanted, waitForLeaders: false });
  await admin.disconnect();
}

const LOOK_MS = 10;
const GIVE_UP_MS = 300_000;

async function waitUntil(what, look) {
  const givenUpMs = performance.now() + GIVE_UP_MS;
  while (!(await look())) {
    if (performance.now() > givenUpMs) throw new Error(`gave up waiting for ${what}`);
    await sleep(LOOK_MS);
  }
}

/** Waits until `wanted` records of the topic are committed as counted by the group. */
export function waitForPosition(pool, group, wanted) {
  return waitUntil(`${wanted} counted records`, async () => {
    const { rows } = await pool.query({
      name: 'bench-position',
      text: `select coalesce(sum(next_offset), 0)::float8 as position from ingest_offsets
             where consumer_group = $1 and topic = $2`,
      values: [group, TOPIC],
    });
    return rows[0].position >= wanted;
  });
}

/** Waits until the processes have taken over all partitions of all topics between them. */
export function waitForPartitions(children, topics) {
  return waitUntil('the partitions', async () => {
    const owned = await Promise.all(children.map((child) => child.ask('partitions')));
    return owned.every((own) => own > 0) && owned.reduce((sum, own) => sum + own, 0) === topics * PARTITIONS;
  });
}

export function makeGroup() {
  return `bench-${randomUUID()}`;
}
