// At the end of a run: records are deleted from a topic before ECS has counted them. Its partition must stand still by name,
// skip nothing by itself, and go on by itself after the documented way out.
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { partitionOf } from '../../../src/events/partition-of.ts';
import { type Finding, report } from '../invariants/invariant.ts';
import { customerName } from '../load/event-stream.ts';
import { createKafkaRoad } from '../load/kafka-road.ts';
import { OPEN } from '../proxy/line.ts';
import { CONSUMER_GROUP, PARTITIONS, type World } from '../world/start-world.ts';

const TOPIC = 'ecs.transactions.v1';
const CUSTOMER = customerName(0);
const PARTITION = partitionOf(CUSTOMER, PARTITIONS);
const STOPPED_WITHIN_MS = 45_000;
const STANDS_FOR_MS = 3_000;
const BACK_WITHIN_MS = 60_000;
const GONE = 10;
const KEPT = 5;

export async function tryOutOfRange(world: World, say: (text: string) => void): Promise<Finding[]> {
  const lines = world.workers.filter(({ role }) => role === 'ingest').map(({ broker }) => broker.line);
  for (const line of lines) line.set({ kind: 'cut' });
  const road = createKafkaRoad(world.broker.brokers);
  try {
    const stoodAt = await loadOffset(world);
    const [firstGone = 0] = await send(road, 'gone', GONE);
    const low = firstGone + GONE;
    await deleteBefore(world, low);
    await send(road, 'kept', KEPT);
    for (const line of lines) line.set(OPEN);
    const isNamed = await waitFor(STOPPED_WITHIN_MS, async () =>
      world.readLogs(2_000).includes('ECS_OFFSET_OUT_OF_RANGE'),
    );
    await sleep(STANDS_FOR_MS);
    const stood = await loadOffset(world);
    // Word for word what the error says, with its figures.
    await world.database.query(
      'update ingest_offsets set next_offset = $1 where topic = $2 and partition = $3 and next_offset = $4',
      [low, TOPIC, PARTITION, stoodAt],
    );
    const isBack = await waitFor(BACK_WITHIN_MS, async () => (await loadOffset(world)) === low + KEPT);
    const counted = await loadCounted(world);
    say(`offset out of range: stood at ${stood}, named ${isNamed}, went on ${isBack}, counted ${counted}`);
    return report('I2', [
      ...(isNamed ? [] : ['a partition whose records were deleted was not stopped by name']),
      ...(stood === stoodAt ? [] : [`a partition moved from ${stoodAt} to ${stood} over records that were deleted`]),
      ...(isBack && counted === KEPT ? [] : [`after the way out ${counted} of ${KEPT} records were counted`]),
    ]);
  } finally {
    for (const line of lines) line.set(OPEN);
    await road.stop();
  }
}

async function send(road: ReturnType<typeof createKafkaRoad>, name: string, count: number): Promise<readonly number[]> {
  const records = Array.from({ length: count }, (_, i) => ({
    topic: TOPIC,
    key: CUSTOMER,
    partition: PARTITION,
    value: JSON.stringify({
      specversion: '1.0',
      id: `range-${name}-${i}`,
      source: 'urn:out-of-range',
      type: 'ecs.transaction.v1',
      subject: CUSTOMER,
      time: new Date(Date.now() - 1_000).toISOString(),
      data: { type: 'purchase', amountMinor: 1, currency: 'EUR' },
    }),
  }));
  return (await road.send(records, AbortSignal.timeout(30_000)))?.offsets ?? [];
}

async function deleteBefore(world: World, low: number): Promise<void> {
  const admin = new Kafka({ brokers: world.broker.brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  // The library looks its brokers up only in what it was asked for before.
  await admin.fetchTopicOffsets(TOPIC);
  await admin.deleteTopicRecords({ topic: TOPIC, partitions: [{ partition: PARTITION, offset: String(low) }] });
  await admin.disconnect();
}

async function loadOffset({ database }: World): Promise<number> {
  const [row] = await database.query<{ next_offset: string }>(
    'select next_offset from ingest_offsets where consumer_group = $1 and topic = $2 and partition = $3',
    [CONSUMER_GROUP, TOPIC, PARTITION],
  );
  return Number(row?.next_offset);
}

async function loadCounted({ database }: World): Promise<number> {
  const [row] = await database.query<{ n: string }>(
    `select count(*) as n from transactions where source = 'urn:out-of-range' and transaction_id like 'range-kept-%'`,
  );
  return Number(row?.n);
}

async function waitFor(withinMs: number, look: () => Promise<boolean>): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline) {
    if (await look()) return true;
    await sleep(200);
  }
  return false;
}
