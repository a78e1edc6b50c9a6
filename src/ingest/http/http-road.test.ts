import type pg from 'pg';
import { pino } from 'pino';
import { startCuttingProxy } from '../../../test/support/cutting-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { eventually } from '../../../test/support/eventually.ts';
import {
  countReadings,
  countTransactions,
  letIn,
  loadStoredDeadLetters,
  makeEvent,
  makeHandlers,
  makeIngest,
  PARTITIONS,
  toBytes,
  waitForLockWait,
} from '../../../test/support/ingest-world.ts';
import { createPool } from '../../db/index.ts';
import { partitionOf } from '../../events/partition-of.ts';
import type { InputTopic } from '../../events/topics.ts';
import { systemClock } from '../../lib/clock.ts';
import type { SubmittedEvent } from '../incoming.ts';
import type { IngestOptions } from '../ingest.ts';
import { createHttpRoad, HTTP_CONSUMER_GROUP, type HttpRoad, type HttpRoadOptions } from './http-road.ts';

const LOG = pino({ level: 'silent' });
const CUSTOMERS = Array.from({ length: 8 }, (_, i) => `customer-${i}`);
const [ANN = ''] = CUSTOMERS;

let database: TestDatabase;
let pool: pg.Pool;
let roads: HttpRoad[];

beforeEach(async () => {
  database = await createTestDatabase({ max: 20 });
  pool = database.pool;
  roads = [];
  await letIn(pool, CUSTOMERS);
});
afterEach(async () => {
  await Promise.all(roads.map((road) => road.stop()));
  await database.drop();
});

function makeRoad(
  own: pg.Pool = pool,
  options: Partial<HttpRoadOptions> = {},
  ingestOptions: Partial<IngestOptions> = {},
): HttpRoad {
  const ingest = makeIngest(own, { consumerGroup: HTTP_CONSUMER_GROUP, deadLetterTopic: false, ...ingestOptions });
  const road = createHttpRoad({ ingest, pool: own, partitions: PARTITIONS, clock: systemClock, log: LOG, ...options });
  roads.push(road);
  return road;
}

let made = 0;
function submitted(subject: string, topic: InputTopic = 'ecs.emotions.v1'): SubmittedEvent {
  return { topic, customerId: subject, value: toBytes(makeEvent(topic, { subject, id: `e-${made++}` })) };
}

const total = async () => Object.values(await countReadings(pool)).reduce((sum, n) => sum + n, 0);

test('a submit is answered when its events are counted, whatever topics and customers it mixes', async () => {
  const road = makeRoad();
  await road.start();
  await road.submit([
    ...CUSTOMERS.map((id) => submitted(id)),
    ...CUSTOMERS.map((id) => submitted(id, 'ecs.transactions.v1')),
  ]);
  expect(await total()).toBe(CUSTOMERS.length);
  expect(await countTransactions(pool)).toBe(CUSTOMERS.length);
  expect(road.status()).toEqual({ state: 'running', error: null, waiting: 0 });
});

test('many submits at once share transactions, and each is answered after the commit that counted it', async () => {
  let batches = 0;
  const handlers = makeHandlers();
  const counting: typeof handlers = {
    ...handlers,
    'ecs.emotions.v1': (tx, events, nowMs) => {
      batches++;
      return handlers['ecs.emotions.v1'](tx, events, nowMs);
    },
  };
  const road = makeRoad(pool, {}, { handlers: counting });
  await road.start();
  await Promise.all(Array.from({ length: 200 }, () => road.submit([submitted(ANN)])));
  expect(await countReadings(pool)).toMatchObject({ [ANN]: 200 });
  expect(batches).toBeLessThan(20);
});

test('the same event again is dropped, also after a restart', async () => {
  const event = submitted(ANN);
  const first = makeRoad();
  await first.start();
  await first.submit([event, event]);
  await first.submit([event]);
  await first.stop();
  const second = makeRoad();
  await second.start();
  await second.submit([event]);
  expect(await countReadings(pool)).toMatchObject({ [ANN]: 1 });
});

test('what cannot be counted becomes a dead letter; the submit does not fail for it', async () => {
  const road = makeRoad();
  await road.start();
  await road.submit([
    { topic: 'ecs.transactions.v1', customerId: ANN, value: Buffer.from('no JSON') },
    submitted(ANN, 'ecs.transactions.v1'),
  ]);
  expect(await loadStoredDeadLetters(pool)).toMatchObject([{ code: 'not_json' }]);
  expect(await countTransactions(pool)).toBe(1);
});

describe('the lease', () => {
  test('keeps a second process out until the first one stops', async () => {
    const first = makeRoad();
    const second = makeRoad();
    await first.start();
    await expect(second.start()).rejects.toMatchObject({ code: 'ECS_INGEST_LEASE_HELD' });
    await first.submit([submitted(ANN)]);
    await first.stop();
    await second.start();
    await second.submit([submitted(ANN)]);
    await expect(first.submit([submitted(ANN)])).rejects.toMatchObject({ code: 'ECS_SHUTTING_DOWN' });
    expect(await countReadings(pool)).toMatchObject({ [ANN]: 2 });
  });

  test('is taken again after its connection was lost', async () => {
    pool.on('error', () => {});
    const road = makeRoad();
    await road.start();
    const loadHolder = async () => {
      const { rows } = await pool.query<{ pid: number }>(
        `select pid from pg_locks where locktype = 'advisory' and granted
           and database = (select oid from pg_database where datname = current_database())`,
      );
      return rows[0]?.pid;
    };
    const before = await loadHolder();
    await pool.query('select pg_terminate_backend($1)', [before]);
    await eventually(async () => {
      expect(await loadHolder()).toEqual(expect.any(Number));
      expect(await loadHolder()).not.toBe(before);
      expect(road.status()).toMatchObject({ state: 'running', error: null });
    });
    await road.submit([submitted(ANN)]);
    expect(await countReadings(pool)).toMatchObject({ [ANN]: 1 });
  });

  test('that another process has taken meanwhile is named, and the former holder counts nothing', async () => {
    const proxy = await startCuttingProxy(database.connectionString);
    const cut = createPool({ connectionString: proxy.connectionString, max: 5, onConnectionError: () => {} });
    try {
      const former = makeRoad(cut);
      await former.start();
      proxy.cutAll();
      await eventually(() => expect(former.status().state).toBe('lease_lost'));
      const present = makeRoad();
      await eventually(() => present.start());
      proxy.allow();
      await eventually(() => expect(former.status().error?.code).toBe('ECS_INGEST_LEASE_HELD'));
      await expect(former.submit([submitted(ANN)])).rejects.toMatchObject({ code: 'ECS_INGEST_LEASE_HELD' });
      await present.submit([submitted(ANN)]);
      expect(await countReadings(pool)).toMatchObject({ [ANN]: 1 });
      await former.stop();
    } finally {
      await cut.end();
      await proxy.stop();
    }
  });
});

test.each(['cutAfter', 'cutBefore'] as const)(
  'a commit that is lost (%s) is looked up: the submit succeeds, and counts once',
  async (cutOff) => {
    const proxy = await startCuttingProxy(database.connectionString);
    const cut = createPool({ connectionString: proxy.connectionString, max: 5, onConnectionError: () => {} });
    try {
      const road = makeRoad(cut);
      await road.start();
      for (let i = 1; i <= 5; i++) {
        proxy[cutOff]('commit\0');
        await road.submit([
          submitted(ANN),
          { topic: 'ecs.emotions.v1', customerId: ANN, value: Buffer.from('poison') },
        ]);
        expect(await countReadings(pool)).toMatchObject({ [ANN]: i });
        expect(await loadStoredDeadLetters(pool)).toHaveLength(i);
      }
      await road.stop();
    } finally {
      await cut.end();
      await proxy.stop();
    }
  },
);

test('when too much waits, more is refused, and what waits is counted', async () => {
  const road = makeRoad(pool, { waitingMax: 10 });
  await road.start();
  const blocker = await pool.connect();
  await blocker.query('begin');
  await blocker.query('select 1 from emotional_states where customer_id = $1 for update', [ANN]);
  const waiting = Promise.all(Array.from({ length: 10 }, () => road.submit([submitted(ANN)])));
  await waitForLockWait(pool);
  expect(road.status().waiting).toBe(10);
  await expect(road.submit([submitted(ANN)])).rejects.toMatchObject({ code: 'ECS_INGEST_BUSY' });
  await blocker.query('commit');
  blocker.release();
  await waiting;
  await road.submit([submitted(ANN)]);
  expect(await countReadings(pool)).toMatchObject({ [ANN]: 11 });
});

test('a stop counts what waits before it gives the lease back', async () => {
  const road = makeRoad();
  await road.start();
  const submits = Array.from({ length: 50 }, (_, i) => road.submit([submitted(CUSTOMERS[i % CUSTOMERS.length] ?? '')]));
  await road.stop();
  await Promise.all(submits);
  expect(await total()).toBe(50);
  await expect(road.submit([submitted(ANN)])).rejects.toMatchObject({ code: 'ECS_SHUTTING_DOWN' });
});

test('a failing partition answers its submit; events of other partitions are counted', async () => {
  await pool.query(
    `alter table emotional_states add constraint no_ann check (customer_id <> '${ANN}' or readings = 0)`,
  );
  const road = makeRoad();
  await road.start();
  const other = CUSTOMERS.find((id) => partitionOf(id, PARTITIONS) !== partitionOf(ANN, PARTITIONS)) ?? '';
  await expect(road.submit([submitted(ANN)])).rejects.toThrow('no_ann');
  await expect(road.submit([submitted(ANN), submitted(other)])).rejects.toThrow('no_ann');
  await pool.query('alter table emotional_states drop constraint no_ann');
  await road.submit([submitted(ANN), submitted(other)]);
  expect(await countReadings(pool)).toMatchObject({ [ANN]: 1, [other]: 2 });
});
