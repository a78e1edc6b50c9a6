// The stored fingerprints of some hours of one partition.
import { type Queryable, toEcsError } from '../../db/index.ts';
import { hourOf, hourToDate } from '../hours.ts';
import { toFingerprintSet } from './fingerprint-memory.ts';
import type { FingerprintSet } from './fingerprint-set.ts';

/** Every asked hour has an entry, an empty set where nothing was counted. */
export async function loadFingerprints(
  db: Queryable,
  topic: string,
  partition: number,
  hours: readonly number[],
): Promise<Map<number, FingerprintSet>> {
  const rows = await selectFingerprints(db, topic, partition, hours);
  const byHour = new Map<number, Buffer[]>(hours.map((hour) => [hour, []]));
  for (const row of rows) byHour.get(hourOf(row.hour_at.getTime()))?.push(row.fingerprints);
  return new Map([...byHour].map(([hour, own]) => [hour, toFingerprintSet(own)]));
}

async function selectFingerprints(db: Queryable, topic: string, partition: number, hours: readonly number[]) {
  try {
    const { rows } = await db.query<{ hour_at: Date; fingerprints: Buffer }>({
      name: 'ingest-load-fingerprints',
      text: `
        select hour_at, fingerprints from event_fingerprints
        where topic = $1 and partition = $2 and hour_at = any($3::timestamptz[])`,
      values: [topic, partition, hours.map(hourToDate)],
    });
    return rows;
  } catch (error) {
    throw toEcsError(error);
  }
}
