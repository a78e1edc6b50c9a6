// What an installation decides at its first start and can never change by accident: the road events take, the number of
// partitions, and the seed of its fingerprints. A start that disagrees is refused before it counts anything.
import { randomInt } from 'node:crypto';
import { type Queryable, toEcsError } from '../db/index.ts';
import { assert } from '../lib/assert.ts';
import { EcsError } from '../lib/errors.ts';

export type Road = 'kafka' | 'http';

export interface WantedInstallation {
  readonly road: Road;
  readonly partitions: number;
  readonly demo: boolean;
  readonly nowMs: number;
}

export interface Installation {
  readonly road: Road;
  readonly partitions: number;
  readonly fingerprintSeed: number;
  readonly demo: boolean;
  readonly createdAt: string;
}

/** Throws ECS_ROAD_MISMATCH or ECS_PARTITIONS_MISMATCH where the stored installation is another one. */
export async function ensureInstallation(db: Queryable, wanted: WantedInstallation): Promise<Installation> {
  try {
    await insertInstallation(db, wanted, randomInt(-(2 ** 31), 2 ** 31));
    const stored = await loadInstallation(db);
    assert(stored !== null, 'the installation was just inserted, or was there already');
    checkInstallation(stored, wanted);
    return stored;
  } catch (error) {
    throw toEcsError(error);
  }
}

function checkInstallation(stored: Installation, wanted: WantedInstallation): void {
  if (stored.road !== wanted.road) {
    const wayOut = stored.road === 'kafka' ? 'Set KAFKA_BROKERS again' : 'Unset KAFKA_BROKERS again';
    throw new EcsError(
      'ECS_ROAD_MISMATCH',
      `This installation takes its events over ${stored.road}, and was started for ${wanted.road}. ${wayOut}, or use another database.`,
      { facts: { stored: stored.road, wanted: wanted.road } },
    );
  }
  if (stored.partitions !== wanted.partitions) {
    throw new EcsError(
      'ECS_PARTITIONS_MISMATCH',
      `This installation was made for ${stored.partitions} partitions, and was started with ${wanted.partitions}. Set ECS_PARTITIONS=${stored.partitions}.`,
      { facts: { stored: stored.partitions, wanted: wanted.partitions } },
    );
  }
}

async function insertInstallation(db: Queryable, wanted: WantedInstallation, fingerprintSeed: number): Promise<void> {
  await db.query(
    `insert into installation (road, partitions, fingerprint_seed, demo, created_at)
     values ($1, $2, $3, $4, $5)
     on conflict (one) do nothing`,
    [wanted.road, wanted.partitions, fingerprintSeed, wanted.demo, new Date(wanted.nowMs)],
  );
}

/** Null before the first start. */
export async function loadInstallation(db: Queryable): Promise<Installation | null> {
  const { rows } = await db.query<{
    road: Road;
    partitions: number;
    fingerprint_seed: number;
    demo: boolean;
    created_at: Date;
  }>('select road, partitions, fingerprint_seed, demo, created_at from installation');
  const row = rows[0];
  if (row === undefined) return null;
  return {
    road: row.road,
    partitions: row.partitions,
    fingerprintSeed: row.fingerprint_seed,
    demo: row.demo,
    createdAt: row.created_at.toISOString(),
  };
}
