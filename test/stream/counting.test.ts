// What comes in over a real broker is counted once, in every form it may have; what is wrong is quarantined, and the
// partition moves on.

import { CompressionTypes } from 'kafkajs';
import { Registry } from 'prom-client';
import { partitionOf } from '../../src/events/partition-of.ts';
import { createIngestMetrics, createKafkaEventProducer, createTopicRelay } from '../../src/ingest/index.ts';
import { eventually } from '../support/eventually.ts';
import {
  countReadings,
  countTransactions,
  letIn,
  loadStoredDeadLetters,
  makeEvent,
  PARTITIONS,
  toBytes,
} from '../support/ingest-world.ts';
import { LOG, send, useStreamWorld } from './support/stream-world.ts';

const world = useStreamWorld();
const CUSTOMERS = Array.from({ length: 6 }, (_, i) => `customer-${i}`);
const [ANN = ''] = CUSTOMERS;

const emotions = (count: number, prefix = 'e') =>
  Array.from({ length: count }, (_, i) =>
    makeEvent('ecs.emotions.v1', { subject: CUSTOMERS[i % CUSTOMERS.length], id: `${prefix}-${i}` }),
  );

const sum = (readings: Record<string, number>) => Object.values(readings).reduce((total, n) => total + n, 0);

test('events of all topics are counted once, sent twice as they are', async () => {
  const { pool, producer, startRoad } = world();
  await startRoad();
  const customers = CUSTOMERS.map((subject) =>
    makeEvent('ecs.customers.v1', { subject, id: `c-${subject}` }, { consents: { emotions: true, thoughts: true } }),
  );
  await send(producer, 'ecs.customers.v1', customers);
  await eventually(async () => expect(Object.keys(await countReadings(pool))).toHaveLength(6));
  const purchases = CUSTOMERS.map((subject) => makeEvent('ecs.transactions.v1', { subject, id: `t-${subject}` }));
  const thoughts = CUSTOMERS.map((subject) => makeEvent('ecs.thoughts.v1', { subject, id: `h-${subject}` }));
  const feelings = emotions(60);
  for (let copy = 0; copy < 2; copy++) {
    await send(producer, 'ecs.emotions.v1', feelings);
    await send(producer, 'ecs.thoughts.v1', thoughts);
    await send(producer, 'ecs.transactions.v1', purchases);
    await send(producer, 'ecs.customers.v1', customers);
  }
  await eventually(async () => {
    expect(sum(await countReadings(pool))).toBe(60);
    expect(sum(await countReadings(pool, 'thoughts'))).toBe(6);
    expect(await countTransactions(pool)).toBe(6);
  });
  await send(producer, 'ecs.emotions.v1', emotions(1, 'last'));
  await eventually(async () => expect(sum(await countReadings(pool))).toBe(61));
  expect(await loadStoredDeadLetters(pool)).toEqual([]);
});

test.each(['gzip', 'snappy', 'lz4', 'zstd'])('batches that are kept compressed with %s are read', async (codec) => {
  const { pool, admin, producer, startRoad } = world();
  await letIn(pool, CUSTOMERS);
  await startRoad();
  const setCompression = (value: string) =>
    admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: 2, name: 'ecs.emotions.v1', configEntries: [{ name: 'compression.type', value }] }],
    });
  await setCompression(codec);
  try {
    await send(producer, 'ecs.emotions.v1', emotions(300));
    await eventually(async () => expect(sum(await countReadings(pool))).toBe(300));
    expect(await loadStoredDeadLetters(pool)).toEqual([]);
  } finally {
    await setCompression('producer');
  }
});

test('an event in binary mode is the same event', async () => {
  const { pool, producer, startRoad } = world();
  await letIn(pool, [ANN]);
  await startRoad();
  const { data, ...attributes } = makeEvent('ecs.emotions.v1', { subject: ANN, id: 'binary' });
  const ce = Object.entries(attributes).map(([name, value]) => [`ce_${name}`, value]);
  const headers = { ...Object.fromEntries(ce), 'content-type': 'application/json' };
  await producer.send({ topic: 'ecs.emotions.v1', messages: [{ key: ANN, value: JSON.stringify(data), headers }] });
  await send(producer, 'ecs.emotions.v1', [
    { ...attributes, data } as never,
    makeEvent('ecs.emotions.v1', { subject: ANN, id: 'structured' }),
  ]);
  await eventually(async () => expect(await countReadings(pool)).toEqual({ [ANN]: 2 }));
});

test('poison of every kind is quarantined once and announced, everything around it is counted, and a metric says so', async () => {
  const { pool, admin, producer, kafka, startRoad } = world();
  await letIn(pool, CUSTOMERS);
  const registry = new Registry();
  const events = createKafkaEventProducer(kafka);
  const relay = createTopicRelay({ pool, publish: (messages) => events.send(messages), log: LOG, pollMs: 50 });
  relay.start();
  await admin.alterConfigs({
    validateOnly: false,
    resources: [
      {
        type: 2,
        name: 'ecs.emotions.v1',
        configEntries: [{ name: 'max.message.bytes', value: `${12 * 1024 * 1024}` }],
      },
    ],
  });
  try {
    await startRoad({ ingestOptions: { metrics: createIngestMetrics(registry) } });
    const [first, ...others] = emotions(100);
    await send(producer, 'ecs.emotions.v1', [first!]);
    const poison = [
      Buffer.from('{"broken'),
      toBytes({ hello: 'world' }),
      toBytes({ ...first, surplus: 1 }),
      toBytes({ ...first, data: { ...first?.data, valence: 9 } }),
      Buffer.from(JSON.stringify(first).replace('0.4', 'NaN')),
      Buffer.alloc(10 * 1024 * 1024, 'x'),
      Buffer.from('['.repeat(60_000)),
      toBytes(
        makeEvent('ecs.emotions.v1', {
          subject: ANN,
          id: 'future',
          time: new Date(Date.now() + 3_600_000).toISOString(),
        }),
      ),
      toBytes(
        makeEvent('ecs.emotions.v1', {
          subject: ANN,
          id: 'late',
          time: new Date(Date.now() - 10 * 86_400_000).toISOString(),
        }),
      ),
      Buffer.from([0xff, 0xfe, 0x00]),
    ];
    const partition = partitionOf(ANN, PARTITIONS);
    for (const value of poison)
      await producer.send({ topic: 'ecs.emotions.v1', messages: [{ key: ANN, partition, value }] });
    await producer.send({ topic: 'ecs.emotions.v1', messages: [{ key: ANN, partition, value: null }] });
    await send(producer, 'ecs.emotions.v1', others);
    await eventually(async () => expect(sum(await countReadings(pool))).toBe(100));
    const letters = await loadStoredDeadLetters(pool);
    expect(letters.map(({ code, field }) => `${code} ${field}`.trim())).toEqual([
      'not_json',
      'schema specversion',
      'schema surplus',
      'schema data.valence',
      'not_json',
      'too_large',
      'not_json',
      'time_in_future time',
      'too_late time',
      'not_json',
      'not_json',
    ]);
    expect(letters.every(({ original }) => original === null)).toBe(true);
    const metrics = await registry.metrics();
    expect(metrics).toContain('ecs_ingest_dead_letters_total{topic="ecs.emotions.v1",code="not_json"} 5');
    expect(metrics).toContain('ecs_ingest_events_total{topic="ecs.emotions.v1"} 100');
    await eventually(async () => {
      const ends = await admin.fetchTopicOffsets('ecs.dead-letters.v1');
      expect(ends.reduce((total, { high }) => total + Number(high), 0)).toBe(letters.length);
    });
  } finally {
    await relay.stop();
    await events.stop();
  }
});

test('a compressed batch that would grow past all bounds does not stop its partition', async () => {
  const { pool, admin, producer, startRoad } = world();
  await letIn(pool, CUSTOMERS);
  await startRoad();
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: 2, name: 'ecs.emotions.v1', configEntries: [{ name: 'max.message.bytes', value: '1048588' }] }],
  });
  const partition = partitionOf(ANN, PARTITIONS);
  const bomb = Buffer.alloc(80 * 1024 * 1024);
  await producer.send({
    topic: 'ecs.emotions.v1',
    compression: CompressionTypes.GZIP,
    messages: [
      { partition, value: 'small' },
      { partition, value: bomb },
    ],
  });
  await send(producer, 'ecs.emotions.v1', emotions(30));
  await eventually(async () => expect(sum(await countReadings(pool))).toBe(30));
  const letters = await loadStoredDeadLetters(pool);
  expect(letters.map(({ code }) => code)).toEqual(['decompression_failed', 'decompression_failed']);
}, 60_000);

test('an event in the wrong partition goes back, comes in under its customer and is counted', async () => {
  const { pool, producer, kafka, startRoad } = world();
  await letIn(pool, [ANN]);
  const events = createKafkaEventProducer(kafka);
  const relay = createTopicRelay({ pool, publish: (messages) => events.send(messages), log: LOG, pollMs: 50 });
  relay.start();
  try {
    await startRoad();
    const wrong = (partitionOf(ANN, PARTITIONS) + 1) % PARTITIONS;
    const { data, ...attributes } = makeEvent('ecs.emotions.v1', { subject: ANN, id: 'binary' });
    const headers = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce_${name}`, value]));
    await producer.send({
      topic: 'ecs.emotions.v1',
      messages: [
        {
          key: ANN,
          partition: wrong,
          value: JSON.stringify(makeEvent('ecs.emotions.v1', { subject: ANN, id: 'structured' })),
        },
        { key: 'some other key', partition: wrong, value: JSON.stringify(data), headers },
      ],
    });
    await eventually(async () => expect(await countReadings(pool)).toEqual({ [ANN]: 2 }));
    expect((await pool.query('select 1 from topic_outbox')).rowCount).toBe(0);
    // Kept for `doctor`, which names the producer's setting.
    expect((await pool.query('select sum(misplaced)::int as n from ingest_offsets')).rows[0].n).toBe(2);
    expect(await loadStoredDeadLetters(pool)).toEqual([]);
  } finally {
    await relay.stop();
    await events.stop();
  }
});

test('our own producer lands where the reader expects it, a thousand events at a time', async () => {
  const { pool, kafka, startRoad } = world();
  await letIn(pool, CUSTOMERS);
  await startRoad();
  const events = createKafkaEventProducer(kafka);
  try {
    const sent = emotions(2_000).map((event) => ({
      topic: 'ecs.emotions.v1' as const,
      customerId: event.subject,
      value: toBytes(event),
    }));
    await Promise.all([events.submit(sent.slice(0, 1_000)), events.submit(sent.slice(1_000)), events.submit([])]);
    await eventually(async () => expect(sum(await countReadings(pool))).toBe(2_000));
    expect((await pool.query('select 1 from topic_outbox')).rowCount).toBe(0);
  } finally {
    await events.stop();
  }
});

test('a broker that is away is said so within a bounded time', async () => {
  const events = createKafkaEventProducer({ ...world().kafka, brokers: ['127.0.0.1:1'] }, { timeoutMs: 1_000 });
  const submitting = events.submit([{ topic: 'ecs.emotions.v1', customerId: ANN, value: toBytes({}) }]);
  await expect(submitting).rejects.toMatchObject({ code: 'ECS_KAFKA_UNAVAILABLE' });
  await events.stop();
});
