import type pg from 'pg';
import { pino } from 'pino';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import {
  countTransactions,
  letIn,
  makeEvent,
  makeIngest,
  PARTITIONS,
  toBytes,
} from '../../../test/support/ingest-world.ts';
import type { KafkaMessage } from '../../events/kafka-client.ts';
import type { InputTopic } from '../../events/topics.ts';
import { systemClock } from '../../lib/clock.ts';
import { EcsError } from '../../lib/errors.ts';
import { createHttpRoad, HTTP_CONSUMER_GROUP, toHttpRoad } from '../http/http-road.ts';
import { createTopicRelay } from '../kafka/topic-relay.ts';
import { createDeadLetters, type DeadLetters } from './dead-letters.ts';

const LOG = pino({ level: 'silent' });
const ANN = 'customer-1';
let nowMs = Date.UTC(2026, 10, 22, 12);

let database: TestDatabase;
let pool: pg.Pool;
let deadLetters: DeadLetters;

beforeEach(async () => {
  database = await createTestDatabase();
  pool = database.pool;
  deadLetters = createDeadLetters(pool, systemClock);
  await letIn(pool, [ANN], nowMs);
});
afterEach(() => database.drop());

/** Counts values in the one partition there is, each in a batch of its own, a second apart. */
async function quarantine(topic: InputTopic, values: readonly Buffer[]): Promise<void> {
  const ingest = makeIngest(pool, { partitions: 1, clock: () => nowMs, deadLetterTopic: false });
  for (const value of values) {
    nowMs += 1_000;
    const { ownerEpoch, nextOffset } = await ingest.claimPartition(topic, 0);
    const records = [{ offset: nextOffset, value, headers: { trace: 'kept' }, acceptedAtMs: nowMs }];
    await ingest.ingestBatch(
      { topic, partition: 0, fetchedFrom: nextOffset, nextOffset: nextOffset + 1, records },
      ownerEpoch,
    );
  }
}

const purchase = (id: string, data = {}) =>
  makeEvent('ecs.transactions.v1', { subject: ANN, id, time: new Date(nowMs).toISOString() }, data);
const foreign = (id: string) => toBytes(purchase(id, { currency: 'USD' }));

async function loadOutbox() {
  const { rows } = await pool.query(
    'select topic, message_key, message_value, headers from topic_outbox order by topic_outbox_id',
  );
  return rows;
}

describe('looking', () => {
  test('newest first, page by page, each once', async () => {
    await quarantine(
      'ecs.transactions.v1',
      Array.from({ length: 7 }, (_, i) => foreign(`t-${i}`)),
    );
    const seen: (string | null)[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = await deadLetters.list({ limit: 3, cursor });
      seen.push(...page.items.map(({ eventId }) => eventId));
      cursor = page.nextCursor ?? undefined;
      pages++;
    } while (cursor !== undefined);
    expect(seen).toEqual(['t-6', 't-5', 't-4', 't-3', 't-2', 't-1', 't-0']);
    expect(pages).toBe(3);
  });

  test('by topic and by code, and one by one with everything that is known', async () => {
    await quarantine('ecs.transactions.v1', [foreign('t-1'), Buffer.from('poison')]);
    await quarantine('ecs.emotions.v1', [Buffer.from('poison')]);
    expect((await deadLetters.list({ limit: 10, topic: 'ecs.transactions.v1' })).items).toHaveLength(2);
    expect((await deadLetters.list({ limit: 10, code: 'not_json' })).items).toHaveLength(2);
    const { items } = await deadLetters.list({ limit: 10, topic: 'ecs.transactions.v1', code: 'wrong_currency' });
    expect(items).toEqual([
      {
        deadLetterId: expect.any(String),
        topic: 'ecs.transactions.v1',
        partition: 0,
        offset: 0,
        consumerGroup: 'ecs',
        code: 'wrong_currency',
        field: 'data.currency',
        message: expect.stringContaining("is not the customer's currency"),
        customerId: ANN,
        eventSource: 'urn:test',
        eventId: 't-1',
        original: expect.stringContaining('"currency":"USD"'),
        headers: { trace: 'kept' },
        occurredAt: expect.any(String),
        retriedAt: null,
      },
    ]);
    expect(await deadLetters.get(items[0]?.deadLetterId ?? '')).toEqual(items[0]);
    expect(await deadLetters.counts()).toEqual([
      { topic: 'ecs.emotions.v1', code: 'not_json', total: 1, waiting: 1 },
      { topic: 'ecs.transactions.v1', code: 'not_json', total: 1, waiting: 1 },
      { topic: 'ecs.transactions.v1', code: 'wrong_currency', total: 1, waiting: 1 },
    ]);
  });

  test.each(['nonsense', '', "'; drop table dead_letters"])(
    'an id like %j is nobody, a cursor like it is refused',
    async (text) => {
      expect(await deadLetters.get(text)).toBeNull();
      await expect(deadLetters.retry(text)).rejects.toMatchObject({ code: 'ECS_NOT_FOUND' });
      await expect(deadLetters.list({ limit: 1, cursor: text })).rejects.toMatchObject({ code: 'ECS_REQUEST_INVALID' });
    },
  );
});

describe('putting back', () => {
  test('the original goes back onto its topic under its customer, marked as retried', async () => {
    const original = foreign('t-1');
    await quarantine('ecs.transactions.v1', [original]);
    const { items } = await deadLetters.list({ limit: 1 });
    const retried = await deadLetters.retry(items[0]?.deadLetterId ?? '');
    expect(retried.retriedAt).not.toBeNull();
    expect(await loadOutbox()).toEqual([
      { topic: 'ecs.transactions.v1', message_key: ANN, message_value: original, headers: { trace: 'kept' } },
    ]);
    expect(await deadLetters.counts()).toMatchObject([{ total: 1, waiting: 0 }]);
  });

  test('what was not kept cannot be put back', async () => {
    await quarantine('ecs.emotions.v1', [Buffer.from('poison')]);
    const { items } = await deadLetters.list({ limit: 1 });
    await expect(deadLetters.retry(items[0]?.deadLetterId ?? '')).rejects.toMatchObject({ code: 'ECS_CONFLICT' });
    expect(await deadLetters.retryAll({ limit: 10 })).toEqual({ retried: 0 });
    expect(await loadOutbox()).toEqual([]);
  });

  test('all of a kind, the oldest first, each once', async () => {
    await quarantine('ecs.transactions.v1', [...['a', 'b', 'c'].map(foreign), Buffer.from('poison')]);
    expect(await deadLetters.retryAll({ limit: 2, code: 'wrong_currency' })).toEqual({ retried: 2 });
    expect(await deadLetters.retryAll({ limit: 2, code: 'wrong_currency' })).toEqual({ retried: 1 });
    expect(await deadLetters.retryAll({ limit: 2, code: 'wrong_currency' })).toEqual({ retried: 0 });
    const ids = (await loadOutbox()).map(({ message_value }) => JSON.parse(String(message_value)).id);
    expect(ids).toEqual(['a', 'b', 'c']);
  });

  test('without Kafka they come in again over the HTTP road, once what was wrong has been put right', async () => {
    await quarantine('ecs.transactions.v1', [foreign('t-1'), Buffer.from('poison')]);
    await pool.query(`update customers set currency = 'USD'`);
    const ingest = makeIngest(pool, { consumerGroup: HTTP_CONSUMER_GROUP, deadLetterTopic: false });
    const road = createHttpRoad({ ingest, pool, partitions: PARTITIONS, clock: systemClock, log: LOG });
    const relay = createTopicRelay({ pool, publish: toHttpRoad(road.submit), log: LOG });
    await road.start();
    try {
      await deadLetters.retryAll({ limit: 10 });
      expect(await relay.drainOnce()).toBe(2);
      expect(await countTransactions(pool)).toBe(1);
      expect(await loadOutbox()).toEqual([]);
      const { items } = await deadLetters.list({ limit: 10, code: 'not_json' });
      expect(items.map(({ consumerGroup }) => consumerGroup)).toEqual(['http', 'ecs']);
    } finally {
      await road.stop();
    }
  });
});

describe('the topic relay', () => {
  const append = (count: number) =>
    pool.query(
      `insert into topic_outbox (topic, message_value) select 't', convert_to(i::text, 'UTF8') from generate_series(1, $1::int) i`,
      [count],
    );

  test('hands everything over in order, and deletes only what was taken', async () => {
    await append(450);
    const taken: string[] = [];
    let calls = 0;
    const publish = async (messages: readonly KafkaMessage[]) => {
      calls++;
      if (calls === 2) throw new EcsError('ECS_KAFKA_UNAVAILABLE', 'away');
      taken.push(...messages.map(({ value }) => String(value)));
    };
    const relay = createTopicRelay({ pool, publish, log: LOG });
    await expect(relay.drainOnce()).rejects.toMatchObject({ code: 'ECS_KAFKA_UNAVAILABLE' });
    expect(taken).toHaveLength(200);
    expect(await loadOutbox()).toHaveLength(250);
    expect(await relay.drainOnce()).toBe(250);
    expect(taken).toEqual(Array.from({ length: 450 }, (_, i) => String(i + 1)));
    expect(await loadOutbox()).toEqual([]);
  });

  test('two relays do not hand over the same message', async () => {
    await append(600);
    const taken: string[] = [];
    const publish = async (messages: readonly KafkaMessage[]) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      taken.push(...messages.map(({ value }) => String(value)));
    };
    const relays = [1, 2, 3].map(() => createTopicRelay({ pool, publish, log: LOG, pollMs: 10 }));
    for (const relay of relays) relay.start();
    while ((await loadOutbox()).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await Promise.all(relays.map((relay) => relay.stop()));
    expect(taken).toHaveLength(600);
    expect(new Set(taken).size).toBe(600);
  });
});
