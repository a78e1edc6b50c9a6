// One member of a Kafka consumer group, in ECS's own terms. It hides what is known of kafkajs 2.2.4: who uses it is told
// where each batch was asked for, and what the library passed over, and decides about offsets alone.
import type { Consumer, EachBatchPayload, IHeaders, KafkaMessage as LibraryMessage } from 'kafkajs';
import type { EcsError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { connectKafka, KAFKA_RETRY, type KafkaSettings, METADATA_AGE_MS, toKafkaError } from './kafka-client.ts';
import { isUnreadable, registerTolerantCodecs } from './unreadable-batch.ts';

export interface FetchedRecord {
  readonly offset: number;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly acceptedAtMs: number;
  /** Its batch could not be decompressed: there is an offset, but no content. */
  readonly unreadable?: true;
}

export interface FetchedBatch {
  readonly topic: string;
  readonly partition: number;
  readonly fetchedFrom: number;
  readonly nextOffset: number;
  readonly highWatermark: number;
  readonly records: readonly FetchedRecord[];
}

export interface BatchControl {
  /** Tells the group that we live; rejects when the group moves on without us. */
  heartbeat(): Promise<void>;
  /** False once the consumer stops, or the partition was sought somewhere else: leave the batch. */
  isCurrent(): boolean;
  /** The next fetch of this partition begins here. */
  resolve(nextOffset: number): void;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface ConsumerListener {
  /** A new generation of the group gave us these partitions; everything held before is void. */
  onAssigned(partitions: readonly TopicPartition[]): void;
  /** Records the client keeps to itself (transaction markers, what compaction removed) were passed over. */
  onSkipped(skipped: TopicPartition & { readonly from: number; readonly nextOffset: number }): void;
  onBatch(batch: FetchedBatch, control: BatchControl): Promise<void>;
  /** The consumer has ended and will not come back by itself. */
  onCrash(error: EcsError): void;
}

export interface KafkaConsumer {
  start(): Promise<void>;
  /** Lets running batches end, then leaves the group. */
  stop(): Promise<void>;
  seek(place: TopicPartition & { readonly offset: number }): void;
  pause(place: TopicPartition): void;
  resume(place: TopicPartition): void;
  /** For lag displays only. */
  commit(positions: readonly (TopicPartition & { readonly offset: number })[]): Promise<void>;
}

export interface ConsumerOptions {
  readonly consumerGroup: string;
  readonly topics: readonly string[];
  readonly partitionsAtOnce: number;
  readonly fetchBytesPerPartition: number;
  readonly log: Log;
}

// What a host costs that goes without a word; who only dies is taken out before (`member-watch.ts` of the room ingest). Not
// shorter than what brokers allow by default.
const SESSION_TIMEOUT_MS = 6_000;
// By its answer a member learns that the group forms anew.
const HEARTBEAT_MS = 1_000;
const REBALANCE_TIMEOUT_MS = 30_000;
// Long enough to outlive the restart of a broker: a member that is still known rejoins at once, a new one has to wait until
// the session of the lost one is over.
const RETRY = { ...KAFKA_RETRY, maxRetryTime: 1_000, retries: 20 } as const;
// The library applies a seek only between two fetches, so none may wait long.
const FETCH_WAIT_MS = 500;
const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

export function createKafkaConsumer(
  settings: KafkaSettings,
  options: ConsumerOptions,
  listener: ConsumerListener,
): KafkaConsumer {
  registerTolerantCodecs();
  const consumer = connectKafka(settings, { log: options.log, retry: RETRY }).consumer({
    groupId: options.consumerGroup,
    sessionTimeout: SESSION_TIMEOUT_MS,
    heartbeatInterval: HEARTBEAT_MS,
    rebalanceTimeout: REBALANCE_TIMEOUT_MS,
    maxWaitTimeInMs: FETCH_WAIT_MS,
    maxBytesPerPartition: options.fetchBytesPerPartition,
    metadataMaxAge: METADATA_AGE_MS,
    allowAutoTopicCreation: false,
    // The consumer's own retry options replace the client's. Whoever owns this consumer starts a new one: two loops that restart would get into each other's way.
    retry: { ...RETRY, restartOnFailure: async () => false },
  });
  listen(consumer, listener);
  let starting: Promise<void> = Promise.resolve();

  async function begin(): Promise<void> {
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...options.topics], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: options.partitionsAtOnce,
        eachBatch: (payload) => listener.onBatch(toFetchedBatch(payload), toControl(payload)),
      });
    } catch (error) {
      throw toKafkaError(error);
    }
  }

  return {
    start() {
      starting = begin();
      return starting;
    },
    async stop() {
      // The library does not hear a stop while it joins: it would join afterwards, and read on as nobody's member.
      await starting.catch(() => {
        // Told to whoever started it.
      });
      await consumer.disconnect();
    },
    seek: ({ topic, partition, offset }) => consumer.seek({ topic, partition, offset: String(offset) }),
    pause: ({ topic, partition }) => consumer.pause([{ topic, partitions: [partition] }]),
    resume: ({ topic, partition }) => consumer.resume([{ topic, partitions: [partition] }]),
    async commit(positions) {
      try {
        await consumer.commitOffsets(positions.map((position) => ({ ...position, offset: String(position.offset) })));
      } catch (error) {
        throw toKafkaError(error);
      }
    },
  };
}

function listen(consumer: Consumer, listener: ConsumerListener): void {
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    const topics = Object.entries(payload.memberAssignment);
    listener.onAssigned(topics.flatMap(([topic, own]) => own.map((partition) => ({ topic, partition }))));
  });
  // A batch of markers only never reaches `eachBatch`: the library moves on by itself.
  consumer.on(consumer.events.START_BATCH_PROCESS, ({ payload }) => {
    if (payload.batchSize > 0) return;
    const { topic, partition, firstOffset, lastOffset } = payload;
    listener.onSkipped({
      topic,
      partition,
      from: Number(firstOffset ?? lastOffset),
      nextOffset: Number(lastOffset) + 1,
    });
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => listener.onCrash(toKafkaError(payload.error)));
}

function toFetchedBatch({ batch }: EachBatchPayload): FetchedBatch {
  return {
    topic: batch.topic,
    partition: batch.partition,
    // Missing in the library's types; the offset it asked the broker for.
    fetchedFrom: Number((batch as typeof batch & { fetchedOffset: string }).fetchedOffset),
    nextOffset: Number(batch.lastOffset()) + 1,
    highWatermark: Number(batch.highWatermark),
    records: batch.messages.map(toFetchedRecord),
  };
}

function toFetchedRecord(message: LibraryMessage): FetchedRecord {
  const offset = Number(message.offset);
  const acceptedAtMs = Number(message.timestamp);
  if (isUnreadable(message.value)) return { offset, value: null, headers: NO_HEADERS, acceptedAtMs, unreadable: true };
  return { offset, value: message.value, headers: toTextHeaders(message.headers), acceptedAtMs };
}

function toTextHeaders(headers: IHeaders | undefined): Readonly<Record<string, string>> {
  const entries = Object.entries(headers ?? NO_HEADERS);
  if (entries.length === 0) return NO_HEADERS;
  // A header given twice: the last one counts.
  return Object.fromEntries(
    entries.map(([name, value]) => [name, String(Array.isArray(value) ? value.at(-1) : value)]),
  );
}

function toControl(payload: EachBatchPayload): BatchControl {
  return {
    heartbeat: () => payload.heartbeat(),
    isCurrent: () => payload.isRunning() && !payload.isStale(),
    // The library adds the one.
    resolve: (nextOffset) => payload.resolveOffset(String(nextOffset - 1)),
  };
}
