// Who counts, and from where: processes that die in the middle of a batch, members that come and go, logs that no longer
// reach back, databases that were put back or go away. Whatever happens, each event counts once, or is missed by name.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { createKafkaAdmin } from '../../src/events/kafka-admin.ts';
import { partitionOf } from '../../src/events/partition-of.ts';
import { INPUT_TOPICS } from '../../src/events/topics.ts';
import type { KafkaRoad } from '../../src/ingest/index.ts';
import { createKafkaReader } from '../../src/ingest/kafka/kafka-reader.ts';
import { eventually } from '../support/eventually.ts';
import { countReadings, letIn, makeEvent, makeIngest, PARTITIONS, waitForLockWait } from '../support/ingest-world.ts';
import type { KillPoint } from './support/road-process.ts';
import { LOG, send, useStreamWorld } from './support/stream-world.ts';

const world = useStreamWorld();
const TOPIC = 'ecs.emotions.v1';
const CUSTOMERS = Array.from({ length: 12 }, (_, i) => `customer-${i}`);
const PARTITION = 0;
/** A customer of the partition in which things are made to go wrong, and one of another. */
const ANN = CUSTOMERS.find((id) => partitionOf(id, PARTITIONS) === PARTITION)!;
const BOB = CUSTOMERS.find((id) => partitionOf(id, PARTITIONS) !== PARTITION)!;

let made = 0;
const emotion = (subject: string) => makeEvent(TOPIC, { subject, id: `e-${made++}` });
const emotions = (count: number) => Array.from({ length: count }, (_, i) => emotion(CUSTOMERS[i % CUSTOMERS.length]!));
const total = async () => Object.values(await countReadings(world().pool)).reduce((sum, n) => sum + n, 0);
const readingsOf = async (customer: string) => (await countReadings(world().pool))[customer];

const partitionStatus = (road: KafkaRoad) =>
  road.status().partitions.find(({ topic, partition }) => topic === TOPIC && partition === PARTITION);

async function loadNextOffset(): Promise<number | undefined> {
  const { rows } = await world().pool.query<{ next_offset: number }>(
    'select next_offset from ingest_offsets where topic = $1 and partition = $2',
    [TOPIC, PARTITION],
  );
  return rows[0]?.next_offset;
}

/** Throws the oldest records of the partition away, as a short retention would. */
async function loseRecordsBefore(offset: number): Promise<void> {
  await world().admin.deleteTopicRecords({
    topic: TOPIC,
    partitions: [{ partition: PARTITION, offset: String(offset) }],
  });
}

async function loadBounds(): Promise<{ low: number; high: number }> {
  const bounds = await world().admin.fetchTopicOffsets(TOPIC);
  const own = bounds.find(({ partition }) => partition === PARTITION);
  return { low: Number(own?.low), high: Number(own?.high) };
}

async function runUntilKilled(killPoint: KillPoint, kafkaGroup: string): Promise<void> {
  const { database, brokers, kafka } = world();
  const order = {
    connectionString: database.connectionString,
    brokers,
    kafkaGroup,
    consumerGroup: kafka.consumerGroup,
    killPoint,
    killAt: 2,
  };
  const child = spawn(
    process.execPath,
    ['--import', './scripts/register-typescript.mjs', 'test/stream/support/road-process.ts'],
    {
      env: { ...process.env, ROAD_ORDER: JSON.stringify(order), NODE_OPTIONS: '' },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  const [, signal] = await once(child, 'exit', { signal: AbortSignal.timeout(30_000) });
  expect(signal).toBe('SIGKILL');
}

test('processes that are killed in the middle of a batch, at three points, leave each event counted once', async () => {
  const { pool, producer, kafka, startRoad } = world();
  await letIn(pool, CUSTOMERS);
  let sent = 0;
  // Each has a Kafka group of its own, as nobody waits for the dead here; the positions are ours and stay.
  for (const killPoint of ['before_fold', 'after_fold', 'after_commit'] as const) {
    await send(producer, TOPIC, emotions(120));
    sent += 120;
    await runUntilKilled(killPoint, `${kafka.consumerGroup}-${killPoint}`);
    expect(await total()).toBeLessThanOrEqual(sent);
  }
  await startRoad();
  await eventually(async () => expect(await total()).toBe(sent));
  await send(producer, TOPIC, emotions(12));
  await eventually(async () => expect(await total()).toBe(sent + 12));
}, 90_000);

test('members that join and leave while events stream in: nothing lost, nothing twice, partitions divided', async () => {
  const { pool, producer, kafka, startRoad } = world();
  await letIn(pool, CUSTOMERS);
  const first = await startRoad();
  const { streaming, stop } = streamInBackground();
  await eventually(async () => expect(await total()).toBeGreaterThan(0));
  const second = await startRoad({ ingest: makeIngest(pool, { consumerGroup: kafka.consumerGroup }) });
  await eventually(
    () => {
      const owned = [first, second].map((road) => road.status().partitions.length);
      expect(owned.every((partitions) => partitions > 0)).toBe(true);
      expect(owned[0]! + owned[1]!).toBe(INPUT_TOPICS.length * PARTITIONS);
    },
    { timeoutMs: 30_000 },
  );
  const before = await total();
  await eventually(async () => expect(await total()).toBeGreaterThan(before));
  await first.stop();
  await eventually(() => expect(second.status().partitions).toHaveLength(INPUT_TOPICS.length * PARTITIONS), {
    timeoutMs: 30_000,
  });
  stop();
  const sent = await streaming;
  await eventually(async () => expect(await total()).toBe(sent), { timeoutMs: 20_000 });
  await send(producer, TOPIC, [emotion(ANN)]);
  await eventually(async () => expect(await total()).toBe(sent + 1));
}, 90_000);

function streamInBackground(): { streaming: Promise<number>; stop: () => void } {
  const { producer } = world();
  let stopped = false;
  const streaming = (async () => {
    let sent = 0;
    while (!stopped) {
      const some = emotions(20);
      await send(producer, TOPIC, some);
      // One in four is sent once more.
      await send(producer, TOPIC, some.slice(0, 5));
      sent += some.length;
      await sleep(20);
    }
    return sent;
  })();
  return {
    streaming,
    stop: () => {
      stopped = true;
    },
  };
}

test('a log that no longer reaches back stops that partition by name, the others go on, and it goes on when set right', async () => {
  const { pool, producer, startRoad } = world();
  await letIn(pool, CUSTOMERS);
  const first = await startRoad();
  await send(producer, TOPIC, [emotion(ANN)]);
  await eventually(async () => expect(await readingsOf(ANN)).toBe(1));
  await first.stop();
  await send(producer, TOPIC, [emotion(ANN), emotion(ANN), emotion(ANN)]);
  const { high } = await loadBounds();
  await loseRecordsBefore(high - 1);
  const road = await startRoad();
  await eventually(() => expect(partitionStatus(road)?.stopped?.code).toBe('ECS_OFFSET_OUT_OF_RANGE'));
  await send(producer, TOPIC, [emotion(ANN), emotion(BOB)]);
  await eventually(async () => expect(await readingsOf(BOB)).toBe(1));
  expect(await readingsOf(ANN)).toBe(1);
  expect(await loadNextOffset()).toBe(high - 3);
  const { message = '' } = partitionStatus(road)?.stopped ?? {};
  expect(message).toContain(`Records ${high - 3} to ${high - 2} of ${TOPIC} partition ${PARTITION} were deleted`);
  const wayOut = /update ingest_offsets .*?(?=; reading)/.exec(message)?.[0] ?? '';
  await pool.query(wayOut);
  await eventually(async () => expect(await readingsOf(ANN)).toBe(3));
  expect(partitionStatus(road)?.stopped).toBeNull();
}, 60_000);

test('a client that is silently reset while it reads is caught: nothing is counted past the hole', async () => {
  const { pool, producer, startRoad } = world();
  await letIn(pool, CUSTOMERS);
  // So long between two looks at the log that only the batch itself can tell.
  const road = await startRoad({ watchMs: 600_000 });
  await send(producer, TOPIC, [emotion(ANN)]);
  await eventually(async () => expect(await readingsOf(ANN)).toBe(1));
  const blocker = await pool.connect();
  await blocker.query('begin');
  await blocker.query('select 1 from emotional_states where customer_id = $1 for update', [ANN]);
  await send(producer, TOPIC, [emotion(ANN)]);
  await waitForLockWait(pool);
  const counted = (await loadBounds()).high;
  await send(producer, TOPIC, [emotion(ANN), emotion(ANN)]);
  await loseRecordsBefore(counted + 1);
  await blocker.query('commit');
  blocker.release();
  await eventually(async () => expect(await readingsOf(ANN)).toBe(2));
  await eventually(() => expect(partitionStatus(road)?.stopped?.code).toBe('ECS_OFFSET_OUT_OF_RANGE'));
  expect(await readingsOf(ANN)).toBe(2);
  expect(await loadNextOffset()).toBe(counted);
}, 60_000);

test('a fresh installation begins where the log does', async () => {
  const { pool, producer, startRoad } = world();
  await letIn(pool, CUSTOMERS);
  await send(producer, TOPIC, [emotion(ANN), emotion(ANN), emotion(ANN)]);
  const { high } = await loadBounds();
  await loseRecordsBefore(high - 1);
  const road = await startRoad();
  await eventually(async () => expect(await readingsOf(ANN)).toBe(1));
  expect(partitionStatus(road)?.stopped).toBeNull();
}, 60_000);

test('a database that was put back reads again what it has forgotten, though nothing new comes in', async () => {
  const { pool, producer, startRoad } = world();
  await letIn(pool, CUSTOMERS);
  const first = await startRoad();
  await send(producer, TOPIC, [emotion(ANN), emotion(ANN), emotion(ANN)]);
  await eventually(async () => expect(await readingsOf(ANN)).toBe(3));
  // Kafka has heard where we stand; the older database knows better.
  await sleep(600);
  await first.stop();
  await pool.query('update ingest_offsets set next_offset = next_offset - 2 where topic = $1 and partition = $2', [
    TOPIC,
    PARTITION,
  ]);
  await pool.query('update emotional_states set readings = readings - 2 where customer_id = $1', [ANN]);
  await pool.query('delete from event_fingerprints');
  await startRoad();
  await eventually(async () => expect(await readingsOf(ANN)).toBe(3));
}, 60_000);

test('transactions, aborted ones and their markers are gaps by nature', async () => {
  const { pool, brokers, producer, startRoad } = world();
  await letIn(pool, CUSTOMERS);
  const transactional = new Kafka({ brokers, logLevel: logLevel.NOTHING }).producer({
    transactionalId: `test-${process.pid}`,
    createPartitioner: Partitioners.DefaultPartitioner,
    idempotent: true,
    maxInFlightRequests: 1,
  });
  await transactional.connect();
  const sendInTransaction = async (commit: boolean) => {
    const transaction = await transactional.transaction();
    await transaction.send({ topic: TOPIC, messages: [{ key: ANN, value: JSON.stringify(emotion(ANN)) }] });
    await (commit ? transaction.commit() : transaction.abort());
  };
  const abortMuch = async () => {
    const transaction = await transactional.transaction();
    for (let i = 0; i < 4; i++) {
      await transaction.send({ topic: TOPIC, messages: [{ partition: PARTITION, value: Buffer.alloc(700_000) }] });
    }
    await transaction.abort();
  };
  try {
    await sendInTransaction(true);
    await sendInTransaction(false);
    const first = await startRoad();
    await eventually(async () => expect(await readingsOf(ANN)).toBe(1));
    await sendInTransaction(false);
    await sendInTransaction(true);
    await sendInTransaction(false);
    await eventually(async () => expect(await readingsOf(ANN)).toBe(2));
    const { high } = await loadBounds();
    // Behind the last event there are only markers and what was aborted: the database has read past them as well.
    await eventually(async () => expect(await loadNextOffset()).toBe(high));
    // More than one fetch brings: the client passes over all of it without a word, and is followed.
    await abortMuch();
    await eventually(async () => expect(await loadNextOffset()).toBe((await loadBounds()).high));
    await first.stop();
    await abortMuch();
    const second = await startRoad();
    await send(producer, TOPIC, [emotion(ANN)]);
    await eventually(async () => expect(await readingsOf(ANN)).toBe(3));
    await eventually(() => expect(partitionStatus(second)).toMatchObject({ stopped: null, lag: 0 }));
  } finally {
    await transactional.disconnect();
  }
}, 60_000);

test('a database that drops its connections again and again delays, but neither loses nor doubles', async () => {
  const { pool, startRoad } = world();
  await letIn(pool, CUSTOMERS);
  pool.on('error', () => {});
  await startRoad();
  const { streaming, stop } = streamInBackground();
  for (let cut = 0; cut < 8; cut++) {
    await sleep(150);
    await pool.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
  }
  stop();
  const sent = await streaming;
  await eventually(async () => expect(await total()).toBe(sent), { timeoutMs: 20_000 });
}, 60_000);

test('an error that nobody foresaw stops its partition by name, skips nothing, and the rest goes on', async () => {
  const { pool, producer, startRoad, kafka } = world();
  await letIn(pool, CUSTOMERS);
  await pool.query(
    `alter table emotional_states add constraint no_ann check (customer_id <> '${ANN}' or readings = 0)`,
  );
  const road = await startRoad({ ingest: makeIngest(pool, { consumerGroup: kafka.consumerGroup }) });
  await send(producer, TOPIC, [emotion(ANN), emotion(BOB)]);
  await eventually(async () => expect(await readingsOf(BOB)).toBe(1));
  await eventually(() =>
    expect(partitionStatus(road)?.stopped).toMatchObject({
      code: 'ECS_INTERNAL',
      message: expect.stringContaining('no_ann'),
    }),
  );
  await pool.query('alter table emotional_states drop constraint no_ann');
  await eventually(async () => expect(await readingsOf(ANN)).toBe(1));
  expect(partitionStatus(road)?.stopped).toBeNull();
}, 60_000);

test('what was read while the log was looked at is not taken for lost', async () => {
  const { pool, kafka } = world();
  await letIn(pool, CUSTOMERS);
  const admin = createKafkaAdmin(kafka);
  // The answer is as slow on its way as a far broker's: it is old when it arrives.
  const slowAdmin = {
    ...admin,
    loadBoundsOfAll: async (topics: readonly string[]) => {
      const bounds = await admin.loadBoundsOfAll(topics);
      await sleep(400);
      return bounds;
    },
  };
  const ingest = makeIngest(pool, { consumerGroup: kafka.consumerGroup });
  const ends: unknown[] = [];
  const reader = createKafkaReader({
    ingest,
    admin: slowAdmin,
    kafka,
    consumerGroup: kafka.consumerGroup,
    partitions: PARTITIONS,
    random: Math.random,
    log: LOG,
    onEnd: (error) => ends.push(error),
  });
  const { streaming, stop } = streamInBackground();
  await reader.start();
  try {
    await eventually(async () => expect(await total()).toBeGreaterThan(0));
    for (let look = 0; look < 4; look++) {
      await reader.refresh();
      expect(reader.places()?.filter(({ stopped }) => stopped !== null)).toEqual([]);
    }
    stop();
    const sent = await streaming;
    await eventually(async () => expect(await total()).toBe(sent), { timeoutMs: 20_000 });
    expect(ends).toEqual([]);
  } finally {
    stop();
    await reader.stop();
  }
}, 60_000);

test('a reader that does not move although there is something to read is called stalled', async () => {
  const { pool, producer, startRoad } = world();
  await letIn(pool, CUSTOMERS);
  const stalls: string[] = [];
  await startRoad({ stallMs: 800, onStalled: (error) => stalls.push(`${error.code} ${error.message}`) });
  await send(producer, TOPIC, [emotion(ANN)]);
  await eventually(async () => expect(await readingsOf(ANN)).toBe(1));
  await sleep(1_500);
  expect(stalls).toEqual([]);
  const blocker = await pool.connect();
  await blocker.query('begin');
  await blocker.query('select 1 from emotional_states where customer_id = $1 for update', [ANN]);
  await send(producer, TOPIC, [emotion(ANN)]);
  await eventually(() => expect(stalls[0]).toContain(`ECS_INGEST_STALLED Nothing moves in ${TOPIC}/${PARTITION}`));
  await blocker.query('commit');
  blocker.release();
  await eventually(async () => expect(await readingsOf(ANN)).toBe(2));
}, 60_000);

test('topics with another number of partitions, or missing ones, are refused at the start', async () => {
  const { kafka, startRoad } = world();
  await expect(startRoad({ partitions: PARTITIONS + 1 })).rejects.toMatchObject({ code: 'ECS_PARTITIONS_MISMATCH' });
  const nobody = startRoad({ kafka: { ...kafka, brokers: ['127.0.0.1:1'] } });
  const road = await nobody;
  expect(road.status()).toMatchObject({ state: 'joining', error: { code: 'ECS_KAFKA_UNAVAILABLE' } });
}, 60_000);

test('a topic that was made anew stops its partitions by name', async () => {
  const { pool, admin, producer, startRoad } = world();
  await letIn(pool, CUSTOMERS);
  const first = await startRoad();
  await send(producer, TOPIC, emotions(24));
  await eventually(async () => expect(await total()).toBe(24));
  await first.stop();
  await admin.deleteTopics({ topics: [TOPIC] });
  await eventually(() =>
    admin.createTopics({ waitForLeaders: true, topics: [{ topic: TOPIC, numPartitions: PARTITIONS }] }),
  );
  const road = await startRoad();
  await eventually(() => expect(partitionStatus(road)?.stopped?.message).toContain('its topic was made anew'));
}, 60_000);
