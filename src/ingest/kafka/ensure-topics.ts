// Sees to it that every topic ECS reads or writes is there, with the number of partitions this installation was made for.
import type { KafkaAdmin } from '../../events/kafka-admin.ts';
import { CREDIT_LIMITS_TOPIC, DEAD_LETTERS_TOPIC, INPUT_TOPICS } from '../../events/topics.ts';
import { EcsError } from '../../lib/errors.ts';

export interface TopicRules {
  readonly partitions: number;
  /** May topics that are missing be created? */
  readonly createTopics: boolean;
}

// Lateness is measured from when an event was accepted: the broker's clock, not the producer's.
const INPUT_CONFIG = { 'message.timestamp.type': 'LogAppendTime' } as const;

/** Throws ECS_TOPIC_MISSING or ECS_PARTITIONS_MISMATCH. */
export async function ensureTopics(admin: KafkaAdmin, rules: TopicRules): Promise<void> {
  const existing = new Set(await admin.listTopics());
  const missing = [...INPUT_TOPICS, DEAD_LETTERS_TOPIC, CREDIT_LIMITS_TOPIC].filter((topic) => !existing.has(topic));
  if (missing.length > 0) await createMissing(admin, missing, rules);
  const known = INPUT_TOPICS.filter((topic) => existing.has(topic));
  const bounds = await admin.loadBoundsOfAll(known);
  for (const [i, topic] of known.entries()) checkPartitions(topic, bounds[i]?.length ?? 0, rules.partitions);
}

async function createMissing(admin: KafkaAdmin, missing: readonly string[], rules: TopicRules): Promise<void> {
  if (!rules.createTopics) {
    throw new EcsError(
      'ECS_TOPIC_MISSING',
      `Topics are missing: ${missing.join(', ')}. Create them with ${rules.partitions} partitions, or set KAFKA_CREATE_TOPICS=true.`,
      { facts: { missing } },
    );
  }
  const inputs: readonly string[] = INPUT_TOPICS;
  await admin.createTopics(
    missing.map((topic) => ({
      topic,
      partitions: rules.partitions,
      config: inputs.includes(topic) ? INPUT_CONFIG : {},
    })),
  );
}

export function checkPartitions(topic: string, found: number, wanted: number): void {
  if (found === wanted) return;
  throw new EcsError(
    'ECS_PARTITIONS_MISMATCH',
    `Topic ${topic} has ${found} partitions, and this installation was made for ${wanted}: customers would change their partition, and copies of their events could not be found any more.`,
    { facts: { topic, found, wanted } },
  );
}
