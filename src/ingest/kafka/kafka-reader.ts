// One member of the consumer group, from its start to its stop or crash: takes over the partitions that the group gives
// it, sends the client to where the database says, and stops by name what the log no longer holds.
import type { KafkaAdmin, PartitionBounds } from '../../events/kafka-admin.ts';
import type { KafkaSettings } from '../../events/kafka-client.ts';
import {
  type BatchControl,
  createKafkaConsumer,
  type FetchedBatch,
  type TopicPartition,
} from '../../events/kafka-group-consumer.ts';
import { INPUT_TOPICS, type InputTopic } from '../../events/topics.ts';
import { assert } from '../../lib/assert.ts';
import { type EcsError, isEcsError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { pause } from '../../lib/pause.ts';
import type { Ingest } from '../incoming.ts';
import { backoffMs } from './backoff.ts';
import { createBatchReader } from './batch-reader.ts';
import { beatUntil } from './beat-while.ts';
import { checkBounds } from './check-bounds.ts';
import { checkPartitions } from './ensure-topics.ts';
import { makePlace, placeKey, type ReadingPlace, toTrouble } from './reading-place.ts';

export interface KafkaReaderOptions {
  readonly ingest: Ingest;
  readonly admin: KafkaAdmin;
  readonly kafka: KafkaSettings;
  readonly consumerGroup: string;
  readonly partitions: number;
  readonly random: () => number;
  readonly log: Log;
  /** The reader has ended, or has found that it must not go on. May be told more than once. */
  readonly onEnd: (error: EcsError) => void;
}

export interface KafkaReader {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Null until the group has given out partitions. */
  places(): readonly ReadingPlace[] | null;
  /** Looks at the log again: the ends of partitions, stopped ones that may go on, gaps at the end to put down. */
  refresh(): Promise<void>;
}

/** What one generation of the group gave us. */
interface Assignment {
  readonly ready: Promise<void>;
  readonly places: Map<string, ReadingPlace>;
  readonly ended: AbortController;
}

// With three PostgreSQL waits for the next batch: 0.25 and 0.27 of COPY binary in `npm run bench:ingest`, with five
// 0.28 to 0.33, transactions 0.48 to 0.56 against 0.44.
export const PARTITIONS_AT_ONCE = 5;
const FETCH_BYTES_PER_PARTITION = 1024 * 1024;
const BACKOFF = { baseMs: 100, maxMs: 5_000 } as const;

export function createKafkaReader(options: KafkaReaderOptions): KafkaReader {
  const { ingest, admin, random, log } = options;
  let assignment: Assignment | undefined;
  let stopped = false;

  const consumer = createKafkaConsumer(
    options.kafka,
    {
      consumerGroup: options.consumerGroup,
      topics: INPUT_TOPICS,
      partitionsAtOnce: PARTITIONS_AT_ONCE,
      fetchBytesPerPartition: FETCH_BYTES_PER_PARTITION,
      log,
    },
    { onAssigned, onSkipped, onBatch, onCrash: options.onEnd },
  );
  const readBatch = createBatchReader({
    ingest,
    loadBounds: (topic) => admin.loadBounds(topic),
    settle,
    stop: stopPlace,
    random,
    log,
  });

  function onAssigned(given: readonly TopicPartition[]): void {
    // Joined while it was being stopped: nothing is taken over any more.
    if (stopped) return;
    assignment?.ended.abort();
    const places = new Map<string, ReadingPlace>();
    const ended = new AbortController();
    const ready = takeOver(given, places, ended.signal).catch((error: unknown) => options.onEnd(toTrouble(error)));
    assignment = { ready, places, ended };
  }

  /** Takes all partitions over at once, so that one in which nothing new comes is known and checked as well. */
  async function takeOver(
    given: readonly TopicPartition[],
    places: Map<string, ReadingPlace>,
    signal: AbortSignal,
  ): Promise<void> {
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        return await claimAll(given, places, signal);
      } catch (error) {
        if (!isEcsError(error) || !error.retryable) throw error;
        log.warn({ code: error.code, err: error, attempt }, 'partitions could not be taken over yet');
        await pause(backoffMs(attempt, BACKOFF, random), signal);
      }
    }
  }

  async function claimAll(given: readonly TopicPartition[], places: Map<string, ReadingPlace>, signal: AbortSignal) {
    const bounds = await loadAllBounds(given);
    const wanted = given.map(({ topic, partition }) => {
      const startOffset = bounds.get(placeKey(topic, partition))?.low ?? 0;
      return { topic: toInputTopic(topic), partition, startOffset };
    });
    const claims = await ingest.claimPartitions(wanted);
    // The log may have grown, and a former owner may have counted, since its ends were looked at for the start offsets.
    const isBehind = claims.some(
      (claim) => claim.nextOffset > (bounds.get(placeKey(claim.topic, claim.partition))?.high ?? 0),
    );
    const latest = isBehind ? await loadAllBounds(given) : bounds;
    if (signal.aborted) return;
    for (const claim of claims) {
      const place = makePlace(claim);
      const key = placeKey(place.topic, place.partition);
      places.set(key, place);
      settle(place, latest.get(key));
    }
  }

  async function loadAllBounds(places: readonly { readonly topic: string }[]): Promise<Map<string, PartitionBounds>> {
    const topics = [...new Set(places.map((place) => place.topic))];
    const bounds = new Map<string, PartitionBounds>();
    (await admin.loadBoundsOfAll(topics)).forEach((own, i) => {
      const topic = topics[i] ?? '';
      checkPartitions(topic, own.length, options.partitions);
      for (const entry of own) bounds.set(placeKey(topic, entry.partition), entry);
    });
    return bounds;
  }

  function settle(place: ReadingPlace, bounds: PartitionBounds | undefined): void {
    const { topic, partition, nextOffset } = place;
    if (bounds !== undefined) place.highWatermark = bounds.high;
    const outOfRange = checkBounds(topic, partition, nextOffset, bounds);
    if (outOfRange !== null) {
      stopPlace(place, outOfRange);
      return;
    }
    place.stopped = null;
    place.position = nextOffset;
    place.proven = false;
    consumer.seek({ topic, partition, offset: nextOffset });
    consumer.resume(place);
  }

  function stopPlace(place: ReadingPlace, error: EcsError): void {
    place.stopped = error;
    log.error(
      { code: error.code, err: error, topic: place.topic, partition: place.partition },
      'a partition is stopped',
    );
    consumer.pause(place);
  }

  function onSkipped({
    topic,
    partition,
    from,
    nextOffset,
  }: TopicPartition & { from: number; nextOffset: number }): void {
    const place = assignment?.places.get(placeKey(topic, partition));
    if (place !== undefined && from >= place.position) place.position = nextOffset;
  }

  async function onBatch(batch: FetchedBatch, control: BatchControl): Promise<void> {
    const mine = assignment;
    if (mine === undefined) return;
    await beatUntil(mine.ready, control);
    const place = mine.places.get(placeKey(batch.topic, batch.partition));
    // A batch that was fetched before we knew where to go on is dropped: the seek brings the right one.
    if (place === undefined || place.stopped !== null || place.busy || !control.isCurrent()) return;
    place.busy = true;
    try {
      await readBatch(place, batch, control, mine.ended.signal);
    } finally {
      place.busy = false;
      place.trouble = null;
    }
  }

  async function refresh(): Promise<void> {
    const mine = assignment;
    if (mine === undefined) return;
    await mine.ready;
    // Reading goes on while the log is looked at: only where we stood before can be held against its end.
    const looked = [...mine.places.values()].map((place) => ({ place, before: place.nextOffset }));
    const bounds = await loadAllBounds([...mine.places.values()]);
    for (const { place, before } of looked) {
      if (mine.ended.signal.aborted) return;
      await refreshPlace(place, before, bounds.get(placeKey(place.topic, place.partition)));
    }
    await showPositions(mine);
  }

  async function refreshPlace(place: ReadingPlace, before: number, bounds: PartitionBounds | undefined): Promise<void> {
    if (bounds !== undefined) place.highWatermark = bounds.high;
    if (place.busy) return;
    place.busy = true;
    try {
      const hasMoved = place.nextOffset !== before;
      const outOfRange = hasMoved ? null : checkBounds(place.topic, place.partition, before, bounds);
      if (place.stopped !== null) await tryToGoOn(place, bounds);
      else if (outOfRange !== null) stopPlace(place, outOfRange);
      else if (place.proven && place.position > place.nextOffset) await putDownGap(place);
    } finally {
      place.busy = false;
    }
  }

  /** Somebody may have set the offset right, or put right what made the batch fail. */
  async function tryToGoOn(place: ReadingPlace, bounds: PartitionBounds | undefined): Promise<void> {
    const { topic, partition } = place;
    const { ownerEpoch, nextOffset } = await ingest.claimPartition(topic, partition);
    place.ownerEpoch = ownerEpoch;
    place.nextOffset = nextOffset;
    if (checkBounds(topic, partition, nextOffset, bounds) === null) settle(place, bounds);
  }

  /** Nothing but markers came since the last batch: the database learns that they were read. */
  async function putDownGap(place: ReadingPlace): Promise<void> {
    const { topic, partition, nextOffset: fetchedFrom, position: nextOffset, ownerEpoch } = place;
    await ingest.ingestBatch({ topic, partition, fetchedFrom, nextOffset, records: [] }, ownerEpoch);
    place.nextOffset = nextOffset;
  }

  /** Only lag displays read what Kafka has committed; the truth is in the database. */
  async function showPositions({ places }: Assignment): Promise<void> {
    if (places.size === 0) return;
    const positions = [...places.values()].map(({ topic, partition, position }) => ({
      topic,
      partition,
      offset: position,
    }));
    await consumer.commit(positions);
  }

  return {
    start: () => consumer.start(),
    async stop() {
      stopped = true;
      assignment?.ended.abort();
      assignment = undefined;
      await consumer.stop();
    },
    places: () => (assignment === undefined ? null : [...assignment.places.values()]),
    refresh,
  };
}

function toInputTopic(topic: string): InputTopic {
  const found = INPUT_TOPICS.find((known) => known === topic);
  assert(found !== undefined, `the group gave us ${topic}, which we did not ask for`);
  return found;
}
