// The road of events without Kafka: the same partitions, the same ingest function, offsets of our own. One process holds
// it at a time. A submit is answered after the commit that counted its events.
import type pg from 'pg';
import { retryDatabase } from '../../db/index.ts';
import type { KafkaMessage } from '../../events/kafka-client.ts';
import { partitionOf } from '../../events/partition-of.ts';
import { INPUT_TOPICS, type InputTopic } from '../../events/topics.ts';
import { assert } from '../../lib/assert.ts';
import type { Clock } from '../../lib/clock.ts';
import { EcsError, isEcsError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { EventSubmit, Ingest, IngestBatch, PartitionClaim, SubmittedEvent } from '../incoming.ts';
import { createIngestLease } from './ingest-lease.ts';
import { createPartitionQueue, type PartitionQueue } from './partition-queue.ts';
import { createRetaker } from './retake-lease.ts';
import { createSlots } from './slots.ts';

export interface HttpRoadOptions {
  /** Made with the consumer group HTTP_CONSUMER_GROUP. */
  readonly ingest: Ingest;
  readonly pool: pg.Pool;
  readonly partitions: number;
  readonly clock: Clock;
  readonly log: Log;
  /** More than this many events waiting: ECS_INGEST_BUSY. */
  readonly waitingMax?: number;
}

export interface HttpRoadStatus {
  readonly state: 'stopped' | 'running' | 'lease_lost';
  readonly error: { readonly code: string; readonly message: string } | null;
  /** Events that were submitted and not counted yet. */
  readonly waiting: number;
}

export interface HttpRoad {
  /** Takes the lease, or ECS_INGEST_LEASE_HELD. */
  start(): Promise<void>;
  /** Counts what waits, then gives the lease back. */
  stop(): Promise<void>;
  readonly submit: EventSubmit;
  status(): HttpRoadStatus;
}

export const HTTP_CONSUMER_GROUP = 'http';

const WAITING_MAX = 20_000;
const EVENTS_AT_ONCE = 2_000;
const TRANSACTIONS_AT_ONCE = 4;
const ATTEMPTS = 4;

export function createHttpRoad(options: HttpRoadOptions): HttpRoad {
  const { ingest, pool, partitions, clock, log, waitingMax = WAITING_MAX } = options;
  const claims = new Map<string, PartitionClaim>();
  const queues = new Map<string, PartitionQueue>();
  const runInSlot = createSlots(TRANSACTIONS_AT_ONCE);
  let state: HttpRoadStatus['state'] = 'stopped';
  let error: EcsError | null = null;
  let waiting = 0;

  const lease = createIngestLease({
    pool,
    onLost(cause) {
      state = 'lease_lost';
      error = cause;
      log.warn({ code: cause.code, err: cause }, 'the ingest lease was lost; trying to take it again');
      retaker.start();
    },
  });
  const retaker = createRetaker(take, (failure) => {
    error = failure;
  });

  async function take(): Promise<void> {
    await lease.take();
    try {
      const wanted = INPUT_TOPICS.flatMap((topic) =>
        Array.from({ length: partitions }, (_, partition) => ({ topic, partition })),
      );
      for (const claim of await ingest.claimPartitions(wanted)) claims.set(keyOf(claim.topic, claim.partition), claim);
    } catch (failure) {
      await lease.give();
      throw failure;
    }
    state = 'running';
    error = null;
  }

  /** Counts the events at the partition's next offsets, whatever happened to the connection meanwhile. */
  async function count(topic: InputTopic, partition: number, events: readonly SubmittedEvent[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const claim = claims.get(keyOf(topic, partition)) ?? (await claimAnew(topic, partition));
      const batch = toBatch(topic, partition, claim.nextOffset, events, clock());
      try {
        await retryDatabase(() => ingest.ingestBatch(batch, claim.ownerEpoch));
        claims.set(keyOf(topic, partition), { ...claim, nextOffset: batch.nextOffset });
        return;
      } catch (failure) {
        claims.delete(keyOf(topic, partition));
        if (!isPositionLost(failure) || attempt === ATTEMPTS || state !== 'running') throw failure;
        if (await wasCommitted(failure, claim, batch)) return;
      }
    }
  }

  async function claimAnew(topic: InputTopic, partition: number): Promise<PartitionClaim> {
    const claim = await retryDatabase(() => ingest.claimPartition(topic, partition));
    claims.set(keyOf(topic, partition), claim);
    return claim;
  }

  /** After an unknown commit: nobody else has held the partition since, and it stands behind our batch. */
  async function wasCommitted(failure: unknown, before: PartitionClaim, batch: IngestBatch): Promise<boolean> {
    if (!isEcsError(failure, 'ECS_COMMIT_UNKNOWN')) return false;
    const now = await claimAnew(batch.topic, batch.partition);
    return now.previousEpoch === before.ownerEpoch && now.nextOffset === batch.nextOffset;
  }

  function queueOf(topic: InputTopic, partition: number): PartitionQueue {
    const key = keyOf(topic, partition);
    const found = queues.get(key);
    if (found !== undefined) return found;
    const countInSlot = (events: readonly SubmittedEvent[]) => runInSlot(() => count(topic, partition, events));
    const created = createPartitionQueue(countInSlot, EVENTS_AT_ONCE);
    queues.set(key, created);
    return created;
  }

  const submit: EventSubmit = async (events) => {
    refuseUnlessRunning(state, error);
    if (waiting > 0 && waiting + events.length > waitingMax) {
      throw new EcsError('ECS_INGEST_BUSY', `${waiting} events wait to be counted; try again in a moment`);
    }
    waiting += events.length;
    try {
      const parts = [...groupByPartition(events, partitions).values()];
      const results = await Promise.allSettled(
        parts.map((part) => queueOf(part.topic, part.partition).push(part.events)),
      );
      const failed = results.find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    } finally {
      waiting -= events.length;
    }
  };

  return {
    start: take,
    async stop() {
      state = 'stopped';
      await retaker.stop();
      // An attempt that was under way may have succeeded just now.
      state = 'stopped';
      await Promise.all([...queues.values()].map((queue) => queue.drain()));
      await lease.give();
    },
    submit,
    status: () => ({ state, error: error === null ? null : { code: error.code, message: error.message }, waiting }),
  };
}

/** For the topic relay: without Kafka what waits in the outbox comes in again over this road. */
export function toHttpRoad(submit: EventSubmit): (messages: readonly KafkaMessage[]) => Promise<void> {
  return (messages) =>
    submit(
      messages.map(({ topic, key, value }) => {
        const inputTopic = INPUT_TOPICS.find((known) => known === topic);
        assert(inputTopic !== undefined, `${topic} is not a topic of the HTTP road`);
        return { topic: inputTopic, customerId: key ?? '', value };
      }),
    );
}

function keyOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}

function isPositionLost(failure: unknown): boolean {
  return (
    isEcsError(failure, 'ECS_STALE_OWNER') ||
    isEcsError(failure, 'ECS_OFFSET_MISMATCH') ||
    isEcsError(failure, 'ECS_COMMIT_UNKNOWN')
  );
}

function refuseUnlessRunning(state: HttpRoadStatus['state'], error: EcsError | null): void {
  if (state === 'running') return;
  if (state === 'stopped') throw new EcsError('ECS_SHUTTING_DOWN', 'Events are not taken while ECS is stopping');
  throw new EcsError(
    error?.code === 'ECS_INGEST_LEASE_HELD' ? 'ECS_INGEST_LEASE_HELD' : 'ECS_DATABASE_UNAVAILABLE',
    'Events cannot be taken right now: this process has lost the right to count them and tries to get it back',
    { cause: error },
  );
}

interface EventsOfPartition {
  readonly topic: InputTopic;
  readonly partition: number;
  readonly events: SubmittedEvent[];
}

function groupByPartition(events: readonly SubmittedEvent[], partitions: number): Map<string, EventsOfPartition> {
  const groups = new Map<string, EventsOfPartition>();
  for (const event of events) {
    const partition = partitionOf(event.customerId, partitions);
    const key = keyOf(event.topic, partition);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { topic: event.topic, partition, events: [event] });
    else group.events.push(event);
  }
  return groups;
}

function toBatch(
  topic: InputTopic,
  partition: number,
  fetchedFrom: number,
  events: readonly SubmittedEvent[],
  acceptedAtMs: number,
): IngestBatch {
  const records = events.map(({ value }, i) => ({ offset: fetchedFrom + i, value, headers: {}, acceptedAtMs }));
  return { topic, partition, fetchedFrom, nextOffset: fetchedFrom + events.length, records };
}
