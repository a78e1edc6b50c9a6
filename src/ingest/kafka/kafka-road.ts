// The road of events over Kafka: one supervised loop that keeps a reader in the consumer group whatever happens to broker
// or reader, and a watch over it that says what is late, stopped or stalled.
import type pg from 'pg';
import { createKafkaAdmin } from '../../events/kafka-admin.ts';
import type { KafkaSettings } from '../../events/kafka-client.ts';
import { createKafkaGroupMembers } from '../../events/kafka-group-members.ts';
import { type Clock, SECOND_MS } from '../../lib/clock.ts';
import { EcsError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { pause } from '../../lib/pause.ts';
import type { Ingest } from '../incoming.ts';
import type { IngestMetrics } from '../ingest-metrics.ts';
import { backoffMs } from './backoff.ts';
import { ensureTopics } from './ensure-topics.ts';
import { createKafkaReader, type KafkaReader } from './kafka-reader.ts';
import { createMemberWatch, type MemberWatch } from './member-watch.ts';
import { createProgressWatchdog } from './progress-watchdog.ts';
import { type ReadingPlace, toTrouble } from './reading-place.ts';

export interface KafkaRoadSettings extends KafkaSettings {
  readonly consumerGroup: string;
  /** May topics that are missing be created? */
  readonly createTopics: boolean;
}

export interface KafkaRoadOptions {
  readonly ingest: Ingest;
  /** One connection says for as long as it stands that this member of the group is alive. */
  readonly pool: pg.Pool;
  readonly kafka: KafkaRoadSettings;
  readonly partitions: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly metrics?: IngestMetrics;
  /** There is something to read and nothing has moved for too long: the process had better start anew. */
  readonly onStalled: (error: EcsError) => void;
  readonly watchMs?: number;
  readonly stallMs?: number;
}

export interface ReportedError {
  readonly code: string;
  readonly message: string;
}

export interface PartitionStatus {
  readonly topic: string;
  readonly partition: number;
  readonly nextOffset: number;
  readonly highWatermark: number | null;
  readonly lag: number | null;
  /** Not read until the reason has gone. */
  readonly stopped: ReportedError | null;
}

export interface KafkaRoadStatus {
  /** `failed`: something must be set right; ECS looks again from time to time. */
  readonly state: 'stopped' | 'joining' | 'running' | 'failed';
  readonly error: ReportedError | null;
  readonly partitions: readonly PartitionStatus[];
}

export interface KafkaRoad {
  /** Throws what must be set right first (ECS_TOPIC_MISSING, ECS_PARTITIONS_MISMATCH); waits for a broker that is away. */
  start(): Promise<void>;
  /** Ends the batch at hand, leaves the group. */
  stop(): Promise<void>;
  status(): KafkaRoadStatus;
}

const WATCH_MS = 15 * SECOND_MS;
const STALL_MS = 60 * SECOND_MS;
const STOP_MS = 20 * SECOND_MS;
const BACKOFF = { baseMs: 250, maxMs: 5_000 } as const;
const FAILED_PAUSE_MS = 30 * SECOND_MS;
const SHUTTING_DOWN = new EcsError('ECS_SHUTTING_DOWN', 'ECS is shutting down');

export function createKafkaRoad(options: KafkaRoadOptions): KafkaRoad {
  const { kafka, clock, log, watchMs = WATCH_MS, stallMs = STALL_MS } = options;
  const admin = createKafkaAdmin(kafka);
  const members = createKafkaGroupMembers(kafka, kafka.consumerGroup);
  const topicRules = { partitions: options.partitions, createTopics: kafka.createTopics };
  let stopping = new AbortController();
  let running: Promise<unknown> = Promise.resolve();
  let reader: KafkaReader | undefined;
  let state: Exclude<KafkaRoadStatus['state'], 'running'> = 'stopped';
  let error: EcsError | null = null;
  let lookError: EcsError | null = null;
  let topicsChecked = false;
  let endReading: (error: EcsError) => void = () => {};

  async function checkTopics(): Promise<void> {
    await ensureTopics(admin, topicRules);
    topicsChecked = true;
  }

  async function start(): Promise<void> {
    try {
      await checkTopics();
    } catch (failure) {
      error = toTrouble(failure);
      if (!error.retryable) throw error;
    }
    stopping = new AbortController();
    state = 'joining';
    running = Promise.all([supervise(stopping.signal), watch(stopping.signal)]);
  }

  async function supervise(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures++) {
      const startedMs = clock();
      const end = await readUntilEnd(signal);
      if (signal.aborted) return;
      error = end;
      state = end.retryable ? 'joining' : 'failed';
      if (clock() - startedMs > stallMs) failures = 0;
      log.warn({ code: end.code, err: end, failures }, 'reading from Kafka has ended and begins anew');
      await pause(end.retryable ? backoffMs(failures, BACKOFF, options.random) : FAILED_PAUSE_MS, signal);
    }
  }

  /** Gives back why the reader ended. */
  async function readUntilEnd(signal: AbortSignal): Promise<EcsError> {
    let memberWatch: MemberWatch | undefined;
    try {
      if (!topicsChecked) await checkTopics();
      if (signal.aborted) return SHUTTING_DOWN;
      const { consumerGroup, clientId } = kafka;
      memberWatch = createMemberWatch({ ...options, members, clientId });
      memberWatch.start();
      const asMember = { ...kafka, clientId: memberWatch.clientId };
      return await new Promise((resolve) => {
        endReading = resolve;
        reader = createKafkaReader({ ...options, admin, kafka: asMember, consumerGroup, onEnd: resolve });
        reader.start().catch((failure: unknown) => resolve(toTrouble(failure)));
      });
    } catch (failure) {
      return toTrouble(failure);
    } finally {
      // Whatever ended the reader may have changed the topics as well.
      topicsChecked = false;
      const ending = reader;
      reader = undefined;
      if (ending !== undefined) await stopInTime(ending, log);
      await memberWatch?.stop();
    }
  }

  async function watch(signal: AbortSignal): Promise<void> {
    const watchdog = createProgressWatchdog(stallMs);
    let joiningSinceMs = clock();
    for (;;) {
      await pause(watchMs, signal);
      if (signal.aborted) return;
      if (!(await look())) continue;
      const places = reader?.places() ?? null;
      if (places !== null) joiningSinceMs = clock();
      showNumbers(places ?? []);
      const stalled = watchdog.look((places ?? []).map(toSeen), clock());
      if (stalled.length > 0)
        options.onStalled(stalledError(stalled.map(({ topic, partition }) => `${topic}/${partition}`)));
      else if (places === null && state === 'joining' && clock() - joiningSinceMs > stallMs)
        options.onStalled(stalledError([]));
    }
  }

  /** False while Kafka or the database does not answer: then nothing can be said about progress. */
  async function look(): Promise<boolean> {
    try {
      if (reader === undefined || reader.places() === null) await admin.listTopics();
      else {
        await reader.refresh();
        error = null;
      }
      lookError = null;
      return true;
    } catch (failure) {
      // Shown in the status until a look succeeds; reading itself may be going on, and says so by its position.
      lookError = toTrouble(failure);
      return false;
    }
  }

  function showNumbers(places: readonly ReadingPlace[]): void {
    options.metrics?.setPartitions(
      places.map((place) => ({
        topic: place.topic,
        partition: place.partition,
        lag: lagOf(place),
        stopped: place.stopped !== null,
      })),
    );
  }

  return {
    start,
    async stop() {
      stopping.abort();
      endReading(SHUTTING_DOWN);
      await running;
      state = 'stopped';
      lookError = null;
    },
    status() {
      const places = reader?.places() ?? null;
      const isRunning = state === 'joining' && places !== null && lookError === null;
      return {
        state: isRunning ? 'running' : state,
        error: reportError(lookError ?? (isRunning ? null : error)),
        partitions: (places ?? []).map(toStatus),
      };
    },
  };
}

/** A client that does not come to a good end is left behind: whatever it may still have under way is fenced off. */
async function stopInTime(reader: KafkaReader, log: Log): Promise<void> {
  const inTime = new AbortController();
  const stopping = reader.stop().catch((error: unknown) => log.warn({ err: error }, 'the Kafka consumer ended badly'));
  await Promise.race([stopping, pause(STOP_MS, inTime.signal)]);
  inTime.abort();
}

function stalledError(partitions: readonly string[]): EcsError {
  const where =
    partitions.length === 0 ? 'The consumer group is not joined' : `Nothing moves in ${partitions.join(', ')}`;
  return new EcsError('ECS_INGEST_STALLED', `${where} although Kafka answers and there may be something to read.`, {
    facts: { partitions },
  });
}

function toSeen({ topic, partition, position, highWatermark, stopped, trouble }: ReadingPlace) {
  return {
    topic,
    partition,
    position,
    highWatermark: highWatermark ?? 0,
    excused: stopped !== null || trouble !== null,
  };
}

function lagOf({ position, highWatermark }: ReadingPlace): number | null {
  return highWatermark === null ? null : Math.max(0, highWatermark - position);
}

function toStatus(place: ReadingPlace): PartitionStatus {
  const { topic, partition, nextOffset, highWatermark, stopped } = place;
  return { topic, partition, nextOffset, highWatermark, lag: lagOf(place), stopped: reportError(stopped) };
}

function reportError(error: EcsError | null): ReportedError | null {
  return error === null ? null : { code: error.code, message: error.message };
}
