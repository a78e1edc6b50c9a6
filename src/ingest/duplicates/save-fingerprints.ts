// Stores the fingerprints of a batch's counted events, one row per hour, and removes those that are no longer needed.
import type { Queryable } from '../../db/index.ts';
import type { MakeId } from '../../lib/ids.ts';
import { hourToDate } from '../hours.ts';

export async function saveFingerprints(
  tx: Queryable,
  topic: string,
  partition: number,
  byHour: ReadonlyMap<number, Buffer>,
  makeId: MakeId,
): Promise<void> {
  if (byHour.size === 0) return;
  const hours = [...byHour.keys()];
  await tx.query({
    name: 'ingest-save-fingerprints',
    text: `
      insert into event_fingerprints (topic, partition, hour_at, fingerprints_id, fingerprints)
      select $1, $2, hour_at, fingerprints_id, fingerprints
      from unnest($3::timestamptz[], $4::uuid[], $5::bytea[]) as given (hour_at, fingerprints_id, fingerprints)`,
    values: [topic, partition, hours.map(hourToDate), hours.map(() => makeId()), [...byHour.values()]],
  });
}

export const PRUNED_AT_ONCE = 10_000;

/** Removes at most `PRUNED_AT_ONCE` rows of hours before `fromHour`; gives back how many. */
export async function pruneFingerprints(
  tx: Queryable,
  topic: string,
  partition: number,
  fromHour: number,
): Promise<number> {
  const { rowCount } = await tx.query({
    name: 'ingest-prune-fingerprints',
    text: `
      delete from event_fingerprints
      where (topic, partition, hour_at, fingerprints_id) in (
        select topic, partition, hour_at, fingerprints_id from event_fingerprints
        where topic = $1 and partition = $2 and hour_at < $3
        order by hour_at limit $4
      )`,
    values: [topic, partition, hourToDate(fromHour), PRUNED_AT_ONCE],
  });
  return rowCount ?? 0;
}
