// What the broker says: is it there, do the topics fit the installation, how far is ingest behind.
import { createKafkaAdmin, type PartitionBounds } from '../../events/kafka-admin.ts';
import { INPUT_TOPICS } from '../../events/topics.ts';
import { loadIngestStatus, type StoredPartition } from '../../ingest/index.ts';
import { MINUTE_MS, systemClock } from '../../lib/clock.ts';
import { isEcsError } from '../../lib/errors.ts';
import type { System } from '../../open-system.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

const STALLED_MS = 2 * MINUTE_MS;

export async function examineKafka({ pool, config }: System): Promise<Finding[]> {
  if (config.kafka === null) return [ok('broker', 'none configured; events come in over HTTP')];
  const admin = createKafkaAdmin(config.kafka);
  try {
    const topics = await admin.listTopics();
    const missing = INPUT_TOPICS.filter((topic) => !topics.includes(topic));
    const stored = await loadIngestStatus(pool, config.kafka.consumerGroup);
    const findings = [ok('broker', config.kafka.brokers.join(', '))];
    if (missing.length > 0) {
      findings.push(
        warning('topics', `missing: ${missing.join(', ')}`, 'Start an ECS with the role ingest, or create them.'),
      );
    }
    for (const topic of INPUT_TOPICS.filter((name) => topics.includes(name))) {
      findings.push(examineTopic(topic, await admin.loadBounds(topic), stored, config.partitions));
    }
    return findings;
  } catch (error) {
    if (!isEcsError(error)) throw error;
    return [failed('broker', error.message, 'Is the broker running, and are KAFKA_BROKERS and the credentials right?')];
  }
}

export function examineTopic(
  topic: string,
  bounds: readonly PartitionBounds[],
  stored: readonly StoredPartition[],
  partitions: number,
  nowMs = systemClock(),
): Finding {
  if (bounds.length !== partitions) {
    return failed(
      topic,
      `has ${bounds.length} partitions, the installation ${partitions}`,
      'Create the topic anew with that number, or set ECS_PARTITIONS on a new installation.',
    );
  }
  let lag = 0;
  for (const { partition, low, high } of bounds) {
    const row = stored.find((known) => known.topic === topic && known.partition === partition);
    const next = row?.nextOffset ?? low;
    if (row !== undefined && next < low) {
      return failed(
        topic,
        `partition ${partition}: records from ${next} to ${low} are gone from the log and were never counted`,
        'ECS has stopped this partition. Replay the lost time from its producer; docs/operations.md says how to go on.',
      );
    }
    if (row !== undefined && next < high && nowMs - Date.parse(row.updatedAt) > STALLED_MS) {
      return failed(
        topic,
        `partition ${partition} has not moved since ${row.updatedAt}`,
        'Is an ECS with the role ingest running? See its log.',
      );
    }
    lag += Math.max(0, high - next);
  }
  const misplaced = sum(stored.filter((row) => row.topic === topic).map((row) => row.misplaced));
  if (misplaced > 0) {
    return warning(
      topic,
      `${lag} records behind; ${misplaced} events so far came in a partition that is not their customer's and were sent back`,
      'Set the producer to partition as Java clients do: key = customer id, and partitioner=murmur2_random for librdkafka.',
    );
  }
  return ok(topic, `${lag} records behind`);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
