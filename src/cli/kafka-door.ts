// Events onto the Kafka topics, keyed by customer, each acknowledged by every replica in sync. Whether they were counted
// is read from the database, because that is where the offsets live.
import type pg from 'pg';
import type { KafkaConfig } from '../config.ts';
import { retryDatabase } from '../db/index.ts';
import { createKafkaAdmin } from '../events/kafka-admin.ts';
import type { InputTopic } from '../events/topics.ts';
import { createKafkaEventProducer, loadIngestStatus } from '../ingest/index.ts';
import type { Clock } from '../lib/clock.ts';
import { EcsError } from '../lib/errors.ts';
import type { EventDoor } from './event-door.ts';
import { type TopicPosition, waitUntilCounted } from './wait-until-counted.ts';

export interface KafkaDoorOptions {
  readonly kafka: KafkaConfig;
  /** Null where the database cannot be seen: then nothing can be waited for. */
  readonly pool: pg.Pool | null;
  readonly clock: Clock;
  readonly stallMs?: number;
}

export function createKafkaDoor({ kafka, pool, clock, stallMs }: KafkaDoorOptions): EventDoor {
  const producer = createKafkaEventProducer(kafka);
  const topicsUsed = new Set<InputTopic>();
  return {
    describe: `Kafka at ${kafka.brokers.join(', ')}`,
    send: async (events) => {
      for (const event of events) topicsUsed.add(event.topic);
      await producer.submit(events);
    },
    settle: async (onWait) => {
      if (pool === null) {
        throw new EcsError(
          'ECS_CONFIG_INVALID',
          'Whether events were counted stands in the database: set DATABASE_URL.',
        );
      }
      await waitUntilCounted({
        ends: await loadEnds(kafka, [...topicsUsed]),
        loadCounted: () => retryDatabase(() => loadIngestStatus(pool, kafka.consumerGroup)),
        onWait,
        clock,
        ...(stallMs === undefined ? {} : { stallMs }),
      });
    },
    close: () => producer.stop(),
  };
}

/** Records that others send meanwhile lie behind these places, so a busy topic does not make the wait endless. */
async function loadEnds(kafka: KafkaConfig, topics: readonly InputTopic[]): Promise<TopicPosition[]> {
  const admin = createKafkaAdmin(kafka);
  const ends: TopicPosition[] = [];
  for (const topic of topics) {
    const bounds = await admin.loadBounds(topic);
    ends.push(...bounds.map(({ partition, high }) => ({ topic, partition, nextOffset: high })));
  }
  return ends;
}
