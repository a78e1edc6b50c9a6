// Where a Kafka partition is being read: what the database says comes next, and where the client goes on. The two differ
// only by records that the client keeps to itself.
import type { InputTopic } from '../../events/topics.ts';
import { EcsError, isEcsError } from '../../lib/errors.ts';
import type { PartitionClaim } from '../incoming.ts';

export interface ReadingPlace {
  readonly topic: InputTopic;
  readonly partition: number;
  ownerEpoch: number;
  /** The next offset according to the database. */
  nextOffset: number;
  /** Where the client's next batch of this partition must begin. */
  position: number;
  /** A batch has begun where the client was sent: what it tells from now on is about this place. */
  proven: boolean;
  highWatermark: number | null;
  /** Not read until the reason has gone. */
  stopped: EcsError | null;
  /** Why the batch at hand is being tried again. */
  trouble: EcsError | null;
  /** A batch is under way; nothing else may touch the partition. */
  busy: boolean;
}

export function makePlace(claim: PartitionClaim): ReadingPlace {
  const { topic, partition, ownerEpoch, nextOffset } = claim;
  return {
    topic,
    partition,
    ownerEpoch,
    nextOffset,
    position: nextOffset,
    proven: false,
    highWatermark: null,
    stopped: null,
    trouble: null,
    busy: false,
  };
}

export function placeKey(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}

/** What nobody foresaw is named as such: it is shown, and never skipped. */
export function toTrouble(error: unknown): EcsError {
  if (isEcsError(error)) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new EcsError('ECS_INTERNAL', `Ingest met an error that nobody foresaw (${detail})`, { cause: error });
}
