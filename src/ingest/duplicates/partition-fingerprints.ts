// Brings the fingerprints of some hours of a partition into memory, and adds those of a batch once its commit is known.

import type { Queryable } from '../../db/index.ts';
import { assert } from '../../lib/assert.ts';
import type { PartitionMemory } from './fingerprint-memory.ts';
import type { FingerprintSet } from './fingerprint-set.ts';
import { loadFingerprints } from './load-fingerprints.ts';

export type OpenHours = ReadonlyMap<number, FingerprintSet>;

export async function openHours(
  db: Queryable,
  memory: PartitionMemory,
  topic: string,
  partition: number,
  hours: readonly number[],
): Promise<OpenHours> {
  const sets = new Map<number, FingerprintSet>();
  const missing: number[] = [];
  for (const hour of hours) {
    const set = memory.get(hour);
    if (set === undefined) missing.push(hour);
    else sets.set(hour, set);
  }
  if (missing.length === 0) return sets;
  for (const [hour, set] of await loadFingerprints(db, topic, partition, missing)) {
    memory.put(hour, set);
    sets.set(hour, set);
  }
  return sets;
}

export function rememberCounted(sets: OpenHours, packed: ReadonlyMap<number, Buffer>): void {
  for (const [hour, bytes] of packed) {
    const set = sets.get(hour);
    assert(set !== undefined, 'every hour of a counted event was opened');
    for (let at = 0; at < bytes.length; at += 8) set.add(bytes.readInt32LE(at), bytes.readInt32LE(at + 4));
  }
}
