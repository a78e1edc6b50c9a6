// A process of the ingest role: the production ingest function, its real handlers and the real topic relay. The reader's
// loop is a model of kafka-reader and batch-reader (claim, fetch from there, count, claim anew when the place is lost);
// statements are folded by a model of the ledger, which takes each key once.
import { createEmotionHandler } from '../../src/affect/index.ts';
import { queueDecisions } from '../../src/db/index.ts';
import type { AcceptedEvent, FoldResult } from '../../src/events/accepted-event.ts';
import type { EmotionEvent } from '../../src/events/emotion-event.ts';
import type { KafkaMessage } from '../../src/events/kafka-client.ts';
import { partitionOf } from '../../src/events/partition-of.ts';
import type { StatementEvent } from '../../src/events/statement-event.ts';
import type { InputTopic } from '../../src/events/topics.ts';
import { createIngest, createTopicRelay, type Ingest, type IngestHandlers } from '../../src/ingest/index.ts';
import { DAY_MS } from '../../src/lib/clock.ts';
import { EcsError, isEcsError } from '../../src/lib/errors.ts';
import { createCustomerHandler, recordConsents } from '../../src/privacy/index.ts';
import { silentLog } from '../support/decision-database.ts';
import { PARTITIONS } from './plan.ts';
import type { SimulatedProcess } from './scheduler.ts';
import { type Place, placeName } from './simulated-broker.ts';
import { loses, type World } from './world.ts';

export function startIngestProcess(world: World, name: string): SimulatedProcess {
  const process = world.scheduler.spawn(name);
  const pool = world.database.poolFor(process);
  const ingest = createIngest({
    pool,
    handlers: makeHandlers(world),
    partitions: PARTITIONS,
    consumerGroup: 'ecs',
    horizonMs: 7 * DAY_MS,
    fingerprintSeed: 42,
    deadLetterTopic: false,
    clock: world.clockOf(process),
    makeId: world.makeId,
    fingerprintBytesMax: 400,
  });
  world.broker.join(process);
  world.run(process, () => followGroup(world, process, ingest));
  world.run(process, () => relayTopics(world, process));
  return process;
}

function makeHandlers(world: World): IngestHandlers {
  const { valenceChange, stressChange } = world.policies.triggers;
  const emotions = createEmotionHandler({ triggers: { valenceChange, stressChange } });
  const refuse = () => Promise.reject(new Error('bug: this topic is not simulated'));
  return {
    'ecs.customers.v1': createCustomerHandler({
      saveProfiles: async () => [],
      recordConsents: (tx, changes, nowMs) => recordConsents(tx, changes, nowMs, { kafka: true, makeId: world.makeId }),
    }),
    'ecs.emotions.v1': async (tx, events, nowMs) => {
      const result = await emotions(tx, events, nowMs);
      world.database.atCommit(tx, () => noteCounted(world, events, result));
      return result;
    },
    'ecs.statements.v1': async (tx, events, nowMs) => {
      const taken = await insertStatements(world, tx, events);
      await queueDecisions(
        tx,
        events.flatMap(({ event }, i) => (taken[i] === true ? [event.subject] : [])),
        'statement',
        nowMs,
      );
      return { counted: taken, rejections: [], dropped: {} };
    },
    'ecs.outcomes.v1': refuse,
    'ecs.thoughts.v1': refuse,
    'ecs.transactions.v1': refuse,
  };
}

function noteCounted(world: World, events: readonly AcceptedEvent<EmotionEvent>[], { counted }: FoldResult): void {
  const { journals } = world;
  events.forEach((accepted, i) => {
    if (counted[i] !== true) return;
    const { id, subject } = accepted.event;
    const key = `ecs.emotions.v1 ${id}`;
    journals.counted.set(key, (journals.counted.get(key) ?? 0) + 1);
    journals.inState.set(subject, [...(journals.inState.get(subject) ?? []), accepted]);
  });
}

type Tx = Parameters<IngestHandlers['ecs.statements.v1']>[0];

async function insertStatements(
  world: World,
  tx: Tx,
  events: readonly AcceptedEvent<StatementEvent>[],
): Promise<boolean[]> {
  const { rows } = await tx.query<{ taken: boolean[] }>({
    name: 'simulated-insert-statements',
    text: '',
    values: [events.map(({ event }) => ({ subject: event.subject, ...event.data }))],
  });
  const taken = rows[0]?.taken ?? [];
  world.database.atCommit(tx, () => {
    events.forEach(({ event }, i) => {
      const key = `ecs.statements.v1 ${event.id}`;
      if (taken[i] === true) world.journals.counted.set(key, (world.journals.counted.get(key) ?? 0) + 1);
    });
  });
  return taken;
}

/** Learns what is its own, late or never, and serves it until it learns that it is not any more. */
async function followGroup(world: World, process: SimulatedProcess, ingest: Ingest): Promise<void> {
  const { broker, scheduler } = world;
  const serving = new Map<string, Promise<void>>();
  const mine = new Set<string>();
  for (let seen = -1; ; ) {
    await scheduler.step(
      process,
      'learns its partitions',
      () => {},
      () => broker.generation !== seen,
    );
    seen = broker.generation;
    for (const place of broker.places) {
      const key = placeName(place);
      if (!broker.owns(process, place)) mine.delete(key);
      else if (!mine.has(key)) {
        mine.add(key);
        const before = serving.get(key) ?? Promise.resolve();
        const next = before.then(() => servePlace(world, process, ingest, place, () => mine.has(key)));
        serving.set(key, next);
        world.run(process, () => next);
      }
    }
  }
}

async function servePlace(
  world: World,
  process: SimulatedProcess,
  ingest: Ingest,
  place: Place,
  isMine: () => boolean,
): Promise<void> {
  const { scheduler } = world;
  while (isMine()) {
    try {
      const claim = await ingest.claimPartition(place.topic, place.partition);
      await readPlace(world, process, ingest, place, claim, isMine);
    } catch (error) {
      if (!isEcsError(error) || !error.retryable) throw error;
      scheduler.note(`${process.name}: ${placeName(place)}: ${error.code}`);
      // The heartbeat that comes before the next claim tells whether the partition still is ours.
      await scheduler.step(process, `heartbeat ${placeName(place)}`, () => {});
      if (!world.broker.owns(process, place))
        await scheduler.step(
          process,
          'waits',
          () => {},
          () => !isMine() || world.broker.owns(process, place),
        );
    }
  }
}

async function readPlace(
  world: World,
  process: SimulatedProcess,
  ingest: Ingest,
  { topic, partition }: Place,
  claim: { readonly ownerEpoch: number; readonly nextOffset: number },
  isMine: () => boolean,
): Promise<void> {
  const { broker, scheduler } = world;
  const log = broker.log({ topic, partition });
  for (let position = claim.nextOffset; isMine(); ) {
    const records = await scheduler.step(
      process,
      `fetch ${placeName({ topic, partition })} from ${position}`,
      () => log.slice(position, position + 1 + Math.floor(scheduler.random() * 6)),
      () => log.length > position || !isMine(),
    );
    if (records.length === 0 || !isMine()) return;
    const nextOffset = position + records.length;
    const batch = { topic, partition, fetchedFrom: position, nextOffset, records };
    await countBatch(world, process, () => ingest.ingestBatch(batch, claim.ownerEpoch));
    position = nextOffset;
  }
}

/** An outage is waited out with the same batch; only where the place is lost it is claimed anew. */
async function countBatch(world: World, process: SimulatedProcess, count: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await count();
      return;
    } catch (error) {
      if (!isEcsError(error, 'ECS_DATABASE_UNAVAILABLE')) throw error;
      await world.scheduler.step(process, 'tries the batch again', () => {});
    }
  }
}

/** Takes misplaced events to their right partition; the answer of the broker may be lost. */
async function relayTopics(world: World, process: SimulatedProcess): Promise<void> {
  const { scheduler, database } = world;
  const publish = (messages: readonly KafkaMessage[]) =>
    scheduler.step(process, `publish ${messages.length} misplaced`, () => {
      if (loses(world)) throw new EcsError('ECS_KAFKA_UNAVAILABLE', 'simulated: not taken over');
      for (const message of messages) appendKeyed(world, message);
      if (loses(world)) throw new EcsError('ECS_KAFKA_UNAVAILABLE', 'simulated: taken over, no answer');
    });
  const relay = createTopicRelay({ pool: database.poolFor(process), publish, log: silentLog });
  for (;;) {
    await scheduler.step(
      process,
      'looks at the topic outbox',
      () => {},
      () => database.committed.rows('topic_outbox').length > 0,
    );
    try {
      await relay.drainOnce();
    } catch (error) {
      if (!isEcsError(error) || !error.retryable) throw error;
    }
  }
}

function appendKeyed(world: World, { topic, key, value, headers }: KafkaMessage): void {
  const place = { topic: topic as InputTopic, partition: partitionOf(key ?? '', PARTITIONS) };
  world.broker.append(place, value, headers, world.time.nowMs);
}
