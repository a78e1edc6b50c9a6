// Members that have died are taken out of the consumer group at once, and nobody else is. The members here keep sending
// heartbeats, so that nothing but ECS can take them out.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Consumer, Kafka, logLevel } from 'kafkajs';
import { createKafkaGroupMembers } from '../../src/events/kafka-group-members.ts';
import { openMemberSession } from '../../src/ingest/kafka/member-session.ts';
import { eventually } from '../support/eventually.ts';
import { useStreamWorld } from './support/stream-world.ts';

const TOPIC = 'ecs.emotions.v1';
const SESSION_MS = 60_000;
/** Looks, and the time in which a member would have been taken out. */
const A_WHILE_MS = 4_000;
/** Half of a session: by itself the group would not have given it up yet. */
const PATIENCE = { timeoutMs: SESSION_MS / 2 };

const world = useStreamWorld();
let consumers: Consumer[] = [];
afterEach(async () => {
  await Promise.all(consumers.map((consumer) => consumer.disconnect()));
  consumers = [];
});

/** Resolves with the id that the broker gave it at its first joining. */
async function join(clientId: string): Promise<string> {
  const { brokers, kafka } = world();
  const client = new Kafka({ brokers, clientId, logLevel: logLevel.NOTHING });
  const consumer = client.consumer({
    groupId: kafka.consumerGroup,
    sessionTimeout: SESSION_MS,
    heartbeatInterval: 500,
  });
  consumers.push(consumer);
  const joined = new Promise<string>((resolve) => {
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => resolve(payload.memberId));
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [TOPIC] });
  await consumer.run({ autoCommit: false, eachBatch: async () => {} });
  return await joined;
}

const loadMembers = () => createKafkaGroupMembers(world().kafka, world().kafka.consumerGroup).load();
const loadMemberIds = async () => (await loadMembers()).map(({ memberId }) => memberId);

async function loadSessions(): Promise<{ number: number; pid: number }[]> {
  const { rows } = await world().pool.query(
    `select objid::int8 as number, pid from pg_locks
      where locktype = 'advisory' and classid = x'6563736d'::int8::oid
        and database = (select oid from pg_database where datname = current_database())`,
  );
  return rows;
}

test('a member without a session is taken out by whoever comes next, one that ECS does not know stays', async () => {
  const dead = await join('ecs-test-0000002a');
  const stranger = await join('ecs-test-reader');
  await world().startRoad();
  await eventually(async () => expect(await loadMemberIds()).not.toContain(dead), PATIENCE);
  expect(await loadMemberIds()).toContain(stranger);
  const again = createKafkaGroupMembers(world().kafka, world().kafka.consumerGroup);
  await again.remove([{ memberId: dead, clientId: 'ecs-test-0000002a' }]);
}, 60_000);

test('a member is left alone while it holds its session, and taken out when it is gone', async () => {
  const session = await openMemberSession(world().pool, 0x2a);
  const member = await join('ecs-test-0000002a');
  const road = await world().startRoad();
  await eventually(() => expect(road.status().state).toBe('running'));
  await sleep(A_WHILE_MS);
  expect(await loadMemberIds()).toContain(member);
  session.close();
  await eventually(async () => expect(await loadMemberIds()).not.toContain(member), PATIENCE);
}, 60_000);

test('who loses its session takes a new one and stays a member', async () => {
  const roads = await Promise.all([world().startRoad(), world().startRoad()]);
  await eventually(() => expect(roads.map((road) => road.status().state)).toEqual(['running', 'running']));
  await eventually(async () => expect(await loadSessions()).toHaveLength(2));
  const before = await loadSessions();
  const members = await loadMemberIds();
  await world().pool.query('select pg_terminate_backend(pid) from unnest($1::int4[]) as pid', [[before[0]?.pid]]);
  await sleep(A_WHILE_MS);
  const after = await loadSessions();
  expect(after.map(({ number }) => number).sort()).toEqual(before.map(({ number }) => number).sort());
  expect(after.map(({ pid }) => pid)).not.toContain(before[0]?.pid);
  expect((await loadMemberIds()).sort()).toEqual(members.sort());
}, 60_000);

test('a road that stops gives its session back', async () => {
  const road = await world().startRoad();
  await eventually(async () => expect(await loadSessions()).toHaveLength(1));
  await road.stop();
  await eventually(async () => expect(await loadSessions()).toEqual([]));
}, 60_000);
