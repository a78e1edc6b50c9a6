// A broker that is killed and comes back: the reader and the producer go on by themselves, soon, and each event counts once.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningKafka } from '../../scripts/kafka-launcher.mjs';
import { createKafkaEventProducer, createKafkaRoad } from '../../src/ingest/index.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { isEcsError } from '../../src/lib/errors.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { countReadings, letIn, makeEvent, makeIngest, PARTITIONS, toBytes } from '../support/ingest-world.ts';
import { startOwnKafka } from '../support/kafka.ts';
import { LOG, settingsFor } from './support/stream-world.ts';

const BACK_MS = 15_000;
const CUSTOMERS = Array.from({ length: 6 }, (_, i) => `customer-${i}`);

let broker: RunningKafka;
let database: TestDatabase;

beforeAll(async () => {
  broker = await startOwnKafka();
  database = await createTestDatabase();
}, 120_000);
afterAll(async () => {
  await broker.stop();
  await database.drop();
});

test('after a SIGKILL of the broker reading goes on by itself within 15 seconds of its return', async () => {
  const { pool } = database;
  const kafka = settingsFor(broker.brokers, `group-${randomUUID()}`);
  await letIn(pool, CUSTOMERS);
  const total = async () => Object.values(await countReadings(pool)).reduce((sum, n) => sum + n, 0);
  const road = createKafkaRoad({
    ingest: makeIngest(pool),
    pool,
    kafka,
    partitions: PARTITIONS,
    clock: systemClock,
    random: Math.random,
    log: LOG,
    onStalled: () => {},
    watchMs: 500,
  });
  const producer = createKafkaEventProducer(kafka, { timeoutMs: 3_000 });
  let made = 0;
  const makeSome = () =>
    Array.from({ length: 30 }, (_, i) => {
      const event = makeEvent('ecs.emotions.v1', { subject: CUSTOMERS[i % CUSTOMERS.length], id: `e-${made++}` });
      return { topic: 'ecs.emotions.v1' as const, customerId: event.subject, value: toBytes(event) };
    });
  /** As a client would: the same events again until they are acknowledged. */
  const submitStubbornly = async () => {
    const events = makeSome();
    for (;;) {
      try {
        return await producer.submit(events);
      } catch (error) {
        if (!isEcsError(error, 'ECS_KAFKA_UNAVAILABLE')) throw error;
        await sleep(200);
      }
    }
  };
  try {
    await road.start();
    await submitStubbornly();
    await eventually(async () => expect(await total()).toBe(made));
    await broker.kill();
    const submitting = submitStubbornly();
    await sleep(2_000);
    broker = await startOwnKafka({ dir: broker.dir, port: broker.port });
    await submitting;
    await submitStubbornly();
    await eventually(async () => expect(await total()).toBe(made), { timeoutMs: BACK_MS });
    await eventually(() => expect(road.status()).toMatchObject({ state: 'running', error: null }));
  } finally {
    await producer.stop();
    await road.stop();
  }
}, 90_000);
