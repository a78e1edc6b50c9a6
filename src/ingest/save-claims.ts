// Takes partitions over: from here on nothing that a former owner still has under way can be counted.
import type pg from 'pg';
import { inTransaction, type Queryable } from '../db/index.ts';
import { assert } from '../lib/assert.ts';
import { HOUR_MS } from '../lib/clock.ts';
import type { PartitionClaim, PartitionToClaim } from './incoming.ts';

export interface SavedClaim extends PartitionClaim {
  readonly fingerprintsFromHour: number;
}

/** Bumps the owner epochs and commits; the claims tell where each partition stood at that moment. In the order given. */
export async function saveClaims(
  pool: pg.Pool,
  consumerGroup: string,
  partitions: readonly PartitionToClaim[],
): Promise<SavedClaim[]> {
  // Sorted, so that two processes that claim at the same moment do not wait for each other.
  const sorted = [...partitions].sort((a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition);
  const rows = await inTransaction(pool, async (tx) => {
    await insertPositions(tx, consumerGroup, sorted);
    await lockPositions(tx, consumerGroup, sorted);
    return bumpEpochs(tx, consumerGroup, sorted);
  });
  return partitions.map((wanted) => {
    const row = rows.find(({ topic, partition }) => topic === wanted.topic && partition === wanted.partition);
    assert(row !== undefined, 'a partition that was inserted and locked was also bumped');
    return toClaim(row, wanted);
  });
}

interface ClaimRow {
  readonly topic: string;
  readonly partition: number;
  readonly next_offset: number;
  readonly owner_epoch: number;
  readonly fingerprints_from_seconds: string;
}

function toClaim(row: ClaimRow, { topic, partition }: PartitionToClaim): SavedClaim {
  return {
    topic,
    partition,
    ownerEpoch: row.owner_epoch,
    previousEpoch: row.owner_epoch - 1,
    nextOffset: row.next_offset,
    fingerprintsFromHour: Math.floor((Number(row.fingerprints_from_seconds) * 1000) / HOUR_MS),
  };
}

/** A new consumer group takes over the watermark of the former ones: fingerprints that are gone are gone for all. */
async function insertPositions(tx: Queryable, consumerGroup: string, partitions: readonly PartitionToClaim[]) {
  await tx.query({
    name: 'ingest-insert-positions',
    text: `
      insert into ingest_offsets (consumer_group, topic, partition, next_offset, fingerprints_from)
      select $1, topic, partition, next_offset, coalesce((
        select max(o.fingerprints_from) from ingest_offsets o
        where o.topic = given.topic and o.partition = given.partition
      ), '-infinity')
      from unnest($2::text[], $3::int[], $4::bigint[]) as given (topic, partition, next_offset)
      order by topic, partition
      on conflict (consumer_group, topic, partition) do nothing`,
    values: [
      consumerGroup,
      partitions.map(({ topic }) => topic),
      partitions.map(({ partition }) => partition),
      partitions.map(({ startOffset }) => startOffset ?? 0),
    ],
  });
}

async function lockPositions(tx: Queryable, consumerGroup: string, partitions: readonly PartitionToClaim[]) {
  await tx.query({
    name: 'ingest-lock-positions',
    text: `
      select 1 from ingest_offsets
      where consumer_group = $1
        and (topic, partition) in (select * from unnest($2::text[], $3::int[]))
      order by topic, partition
      for update`,
    values: [consumerGroup, partitions.map(({ topic }) => topic), partitions.map(({ partition }) => partition)],
  });
}

async function bumpEpochs(tx: Queryable, consumerGroup: string, partitions: readonly PartitionToClaim[]) {
  const { rows } = await tx.query<ClaimRow>({
    name: 'ingest-bump-epochs',
    text: `
      update ingest_offsets set owner_epoch = owner_epoch + 1, updated_at = now()
      where consumer_group = $1
        and (topic, partition) in (select * from unnest($2::text[], $3::int[]))
      returning topic, partition, next_offset, owner_epoch,
        extract(epoch from fingerprints_from)::text as fingerprints_from_seconds`,
    values: [consumerGroup, partitions.map(({ topic }) => topic), partitions.map(({ partition }) => partition)],
  });
  return rows;
}
