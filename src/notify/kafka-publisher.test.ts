// Against a real broker: what arrives on the topic, in which order, and what happens while the broker is away.
import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import { startTcpProxy } from '../../test/faults/proxy/tcp-proxy.ts';
import { createTopics } from '../../test/support/create-topics.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { eventually } from '../../test/support/eventually.ts';
import { startOwnKafka, useKafka } from '../../test/support/kafka.ts';
import { appendEvents, clearOutbox, insertCustomers, loadStoredDeliveries } from '../../test/support/outbox.ts';
import { uniqueName } from '../../test/support/unique-name.ts';
import { type OutgoingEvent, outgoingEventSchema } from '../events/outgoing-event.ts';
import { partitionOf } from '../events/partition-of.ts';
import { makeId } from '../lib/ids.ts';
import { createLog } from '../lib/log.ts';
import { createKafkaPublisher, type KafkaPublisher } from './kafka-publisher.ts';
import { createRelay, type Relay } from './outbox-relay.ts';

const PARTITIONS = 3;
const CUSTOMERS = Array.from({ length: 20 }, (_, index) => `customer-${index}`);
let database: TestDatabase;
let brokers: string[];
const relays: Relay[] = [];
const publishers: KafkaPublisher[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  ({ brokers } = await useKafka());
}, 120_000);
beforeEach(() => insertCustomers(database.pool, CUSTOMERS));
afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
  await Promise.all(publishers.splice(0).map((publisher) => publisher.stop()));
  await clearOutbox(database.pool);
});
afterAll(() => database.drop());

function makePublisher(topic: string, options: { to?: string[]; timeoutMs?: number } = {}): KafkaPublisher {
  const publisher = createKafkaPublisher({
    settings: { brokers: options.to ?? brokers, clientId: 'notify-test', ssl: false, sasl: null },
    topic,
    timeoutMs: options.timeoutMs ?? 10_000,
  });
  publishers.push(publisher);
  return publisher;
}

function makeRelay(kafka: KafkaPublisher): Relay {
  const relay = createRelay({
    pool: database.pool,
    publishers: { kafka },
    clock: Date.now,
    random: Math.random,
    makeId,
    log: createLog('silent'),
    pollMs: 20,
  });
  relays.push(relay);
  return relay;
}

async function makeTopic(config: Record<string, string> = {}): Promise<string> {
  const topic = uniqueName('credit-limits');
  await createTopics(brokers, [{ topic, partitions: PARTITIONS, config }]);
  return topic;
}

interface Consumed {
  readonly key: string;
  readonly partition: number;
  readonly headers: Record<string, string>;
  readonly event: OutgoingEvent;
}

/** The first `count` records of a topic, each partition in its order. */
async function consume(topic: string, count: number, from: string[] = brokers): Promise<Consumed[]> {
  const kafka = new Kafka({ clientId: 'notify-test', brokers: from, logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: uniqueName('group') });
  const consumed: Consumed[] = [];
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ partition, message }) => {
        const headers = Object.entries(message.headers ?? {}).map(([name, value]) => [name, `${value}`]);
        const event = outgoingEventSchema.parse(JSON.parse(`${message.value}`));
        consumed.push({ key: `${message.key}`, partition, headers: Object.fromEntries(headers), event });
      },
    });
    // Distinct events: at least once means that copies may come before the last first copy.
    const distinct = () => new Set(consumed.map(({ event }) => event.id)).size;
    await eventually(() => expect(distinct()).toBeGreaterThanOrEqual(count), { timeoutMs: 30_000 });
  } finally {
    await consumer.disconnect();
  }
  return consumed;
}

/** Each customer's sequence numbers, in the order in which they first came. */
function firstComings(consumed: readonly Consumed[]): Map<string, number[]> {
  const seen = new Map<string, Set<number>>();
  for (const { event } of consumed) {
    const own = seen.get(event.subject) ?? new Set();
    seen.set(event.subject, own.add(Number(event.sequence)));
  }
  return new Map([...seen].map(([customer, sequences]) => [customer, [...sequences]]));
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

test('two relays bring every event to its partition, in order, once where nothing fails', async () => {
  const topic = await makeTopic();
  for (const kafka of [makePublisher(topic), makePublisher(topic)]) makeRelay(kafka).start();
  for (let round = 0; round < 10; round++)
    await appendEvents(database.pool, [...CUSTOMERS, ...CUSTOMERS], { kafka: true });
  const consumed = await consume(topic, 400);
  expect(consumed.length).toBeGreaterThanOrEqual(400);
  for (const customer of CUSTOMERS) expect(firstComings(consumed).get(customer)).toEqual(upTo(20));
  for (const { key, partition, headers, event } of consumed) {
    expect([key, partition]).toEqual([event.subject, partitionOf(event.subject, PARTITIONS)]);
    expect(headers).toEqual({ 'content-type': 'application/cloudevents+json; charset=utf-8' });
  }
  const stored = await loadStoredDeliveries(database.pool);
  expect(new Set(consumed.map(({ event }) => event.id))).toEqual(new Set(stored.map((row) => row.eventId)));
  await eventually(async () =>
    expect((await loadStoredDeliveries(database.pool)).every((row) => row.state === 'delivered')).toBe(true),
  );
}, 120_000);

test('a broker that is killed and comes back gets everything, in order, and nothing dies meanwhile', async () => {
  const first = await startOwnKafka();
  const topic = uniqueName('credit-limits');
  await createTopics(first.brokers, [{ topic, partitions: PARTITIONS }]);
  makeRelay(makePublisher(topic, { to: first.brokers, timeoutMs: 2_000 })).start();
  await appendEvents(database.pool, CUSTOMERS, { kafka: true });
  await eventually(async () =>
    expect((await loadStoredDeliveries(database.pool)).every((row) => row.state === 'delivered')).toBe(true),
  );
  await first.kill();
  await appendEvents(database.pool, [...CUSTOMERS, ...CUSTOMERS], { kafka: true });
  await eventually(async () => {
    const tried = (await loadStoredDeliveries(database.pool)).filter((row) => row.attempts > 0 && row.sequence > 1);
    expect(tried.length).toBeGreaterThan(0);
    expect(tried[0]?.lastError).toMatch(/^ECS_KAFKA_UNAVAILABLE/);
  });
  expect((await loadStoredDeliveries(database.pool)).filter((row) => row.state === 'dead')).toEqual([]);
  const again = await startOwnKafka({ dir: first.dir, port: first.port });
  try {
    const consumed = await consume(topic, 60, again.brokers);
    for (const customer of CUSTOMERS) expect(firstComings(consumed).get(customer)).toEqual(upTo(3));
    await Promise.all(relays.splice(0).map((relay) => relay.stop()));
  } finally {
    await again.stop();
  }
}, 120_000);

test('an event that the broker will never take dies alone', async () => {
  const topic = await makeTopic({ 'max.message.bytes': '20000' });
  const [poisoned = '', ...others] = CUSTOMERS;
  await appendEvents(database.pool, [poisoned, ...others], { kafka: true });
  await appendEvents(database.pool, [poisoned], { kafka: true, data: { filler: 'x'.repeat(40_000) } });
  await appendEvents(database.pool, [poisoned, ...others], { kafka: true });
  const relay = makeRelay(makePublisher(topic));
  expect(await relay.drainOnce()).toBe(40);
  const dead = (await loadStoredDeliveries(database.pool)).filter((row) => row.state !== 'delivered');
  expect(dead).toEqual([expect.objectContaining({ customerId: poisoned, sequence: 2, state: 'dead' })]);
  expect(dead[0]?.lastError).toMatch(/^ECS_PAYLOAD_TOO_LARGE/);
  const comings = firstComings(await consume(topic, 40));
  expect(comings.get(poisoned)).toEqual([1, 3]);
  for (const customer of others) expect(comings.get(customer)).toEqual([1, 2]);
}, 120_000);

describe('trouble is an outcome, told in time', () => {
  const event: OutgoingEvent = {
    specversion: '1.0',
    id: randomUUID(),
    source: 'urn:ecs',
    type: 'decision.created',
    subject: 'customer-1',
    time: '2026-11-22T09:30:00.000Z',
    datacontenttype: 'application/json',
    sequence: '1',
    data: {},
  };

  it('when nobody answers', async () => {
    const publisher = makePublisher('any', { to: ['127.0.0.1:1'], timeoutMs: 500 });
    expect(await publisher.publish([event, event])).toEqual(
      Array.from({ length: 2 }, () => ({
        result: 'failed',
        overloaded: true,
        error: expect.stringMatching(/^ECS_KAFKA_UNAVAILABLE/),
      })),
    );
  }, 5_000);

  // Three times: by then the library takes the connection for a broker that is known, and never asks it again who it is.
  it('when somebody takes the connection and says nothing, until they speak', async () => {
    const topic = await makeTopic();
    const [, port = ''] = (brokers[0] ?? '').split(':');
    const proxy = await startTcpProxy(() => Number(port));
    try {
      proxy.line.set({ kind: 'silent' });
      const publisher = makePublisher(topic, { to: [`127.0.0.1:${proxy.port}`], timeoutMs: 5_000 });
      for (let time = 0; time < 3; time++) {
        expect(await publisher.publish([event])).toMatchObject([{ result: 'failed', overloaded: true }]);
      }
      proxy.line.set({ kind: 'open' });
      await eventually(async () => expect(await publisher.publish([event])).toEqual([{ result: 'delivered' }]));
    } finally {
      await proxy.stop();
    }
  }, 60_000);

  it('when the topic is missing, which kills nothing', async () => {
    const topic = uniqueName('missing');
    const publisher = makePublisher(topic);
    expect(await publisher.publish([event])).toEqual([
      { result: 'failed', overloaded: true, error: expect.stringMatching(/^ECS_TOPIC_MISSING/) },
    ]);
    await createTopics(brokers, [{ topic, partitions: PARTITIONS }]);
    await eventually(async () => expect(await publisher.publish([event])).toEqual([{ result: 'delivered' }]));
  }, 60_000);
});
