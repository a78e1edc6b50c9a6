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
