// Does the log still reach back to what was not counted yet, and forward to what was? Where it does not, the client would
// silently go on elsewhere, so the partition is stopped by name.
import type { PartitionBounds } from '../../events/kafka-admin.ts';
import { EcsError } from '../../lib/errors.ts';

/** Null while `nextOffset` is within the log. */
export function checkBounds(
  topic: string,
  partition: number,
  nextOffset: number,
  bounds: PartitionBounds | undefined,
): EcsError | null {
  if (bounds === undefined) return null;
  const { low, high } = bounds;
  if (nextOffset >= low && nextOffset <= high) return null;
  const facts = { topic, partition, nextOffset, low, high };
  const place = `${topic} partition ${partition}`;
  const what =
    nextOffset < low
      ? `Records ${nextOffset} to ${low - 1} of ${place} were deleted from the log before they were counted`
      : `${place} ends at ${high}, before offset ${nextOffset} that comes next: its topic was made anew, or lost its end`;
  const wayOut = `The partition is stopped. Bring the records back, or accept the loss: update ingest_offsets set next_offset = ${low} where topic = '${topic}' and partition = ${partition} and next_offset = ${nextOffset}; reading goes on by itself.`;
  return new EcsError('ECS_OFFSET_OUT_OF_RANGE', `${what}. ${wayOut}`, { facts });
}
