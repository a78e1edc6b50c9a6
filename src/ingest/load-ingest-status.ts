// Where each partition stands according to the database, for status pages of any process; lag is known to the road only.
import { type Queryable, toEcsError } from '../db/index.ts';

export interface StoredPartition {
  readonly topic: string;
  readonly partition: number;
  readonly nextOffset: number;
  readonly ownerEpoch: number;
  readonly updatedAt: string;
  /** Events found here so far that belong to another partition; they were sent back. */
  readonly misplaced: number;
}

export async function loadIngestStatus(db: Queryable, consumerGroup: string): Promise<StoredPartition[]> {
  try {
    const { rows } = await db.query<{
      topic: string;
      partition: number;
      next_offset: number;
      owner_epoch: number;
      updated_at: Date;
      misplaced: number;
    }>(
      `select topic, partition, next_offset, owner_epoch, updated_at, misplaced from ingest_offsets
       where consumer_group = $1
       order by topic, partition`,
      [consumerGroup],
    );
    return rows.map((row) => ({
      topic: row.topic,
      partition: row.partition,
      nextOffset: row.next_offset,
      ownerEpoch: row.owner_epoch,
      updatedAt: row.updated_at.toISOString(),
      misplaced: row.misplaced,
    }));
  } catch (error) {
    throw toEcsError(error);
  }
}
