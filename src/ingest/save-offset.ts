// Moves a partition's offset, in the transaction that counts the batch: only from where the batch was asked for, and only
// for the owner who still holds the partition.
import type { Queryable } from '../db/index.ts';
import { EcsError } from '../lib/errors.ts';
import { hourToDate } from './hours.ts';
import type { IngestBatch } from './incoming.ts';

export interface OffsetMove {
  readonly consumerGroup: string;
  readonly ownerEpoch: number;
  /** -Infinity: leave the watermark where it is. */
  readonly fingerprintsFromHour: number;
  /** Events of the batch that belong to another partition. */
  readonly misplaced: number;
}

/** Throws ECS_STALE_OWNER or ECS_OFFSET_MISMATCH; the caller's transaction must then write nothing. */
export async function saveOffset(tx: Queryable, batch: IngestBatch, move: OffsetMove): Promise<void> {
  if (await compareAndSetOffset(tx, batch, move)) return;
  const place = `${batch.topic} partition ${batch.partition}`;
  const stored = await loadPosition(tx, batch, move.consumerGroup);
  if (stored === null || stored.ownerEpoch !== move.ownerEpoch) {
    throw new EcsError('ECS_STALE_OWNER', `Another process has taken over ${place}; its batch here is dropped`, {
      facts: { topic: batch.topic, partition: batch.partition, ownerEpoch: move.ownerEpoch, stored },
    });
  }
  throw new EcsError(
    'ECS_OFFSET_MISMATCH',
    `A batch of ${place} was fetched from ${batch.fetchedFrom}, but ${stored.nextOffset} comes next; it is fetched again`,
    { facts: { topic: batch.topic, partition: batch.partition, fetchedFrom: batch.fetchedFrom, stored } },
  );
}

async function compareAndSetOffset(tx: Queryable, batch: IngestBatch, move: OffsetMove): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'ingest-move-offset',
    text: `
      update ingest_offsets set
        next_offset = $5,
        fingerprints_from = greatest(fingerprints_from, $7::timestamptz),
        misplaced = misplaced + $8,
        updated_at = now()
      where consumer_group = $1 and topic = $2 and partition = $3 and next_offset = $4 and owner_epoch = $6`,
    values: [
      move.consumerGroup,
      batch.topic,
      batch.partition,
      batch.fetchedFrom,
      batch.nextOffset,
      move.ownerEpoch,
      Number.isFinite(move.fingerprintsFromHour) ? hourToDate(move.fingerprintsFromHour) : '-infinity',
      move.misplaced,
    ],
  });
  return rowCount === 1;
}

async function loadPosition(tx: Queryable, batch: IngestBatch, consumerGroup: string) {
  const { rows } = await tx.query<{ next_offset: number; owner_epoch: number }>({
    name: 'ingest-load-position',
    text: `
      select next_offset, owner_epoch from ingest_offsets
      where consumer_group = $1 and topic = $2 and partition = $3`,
    values: [consumerGroup, batch.topic, batch.partition],
  });
  const row = rows[0];
  return row === undefined ? null : { nextOffset: row.next_offset, ownerEpoch: row.owner_epoch };
}
