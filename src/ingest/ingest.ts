// Counts batches: checks and sorts out before the transaction, then ONE transaction that moves the offset, folds the
// events, keeps their fingerprints and quarantines what is wrong. Either all of it happened or nothing did.
import type pg from 'pg';
import { inTransaction } from '../db/index.ts';
import { assert } from '../lib/assert.ts';
import type { Clock } from '../lib/clock.ts';
import { EcsError, isEcsError } from '../lib/errors.ts';
import { isMoneyTopic } from './dead-letters/dead-letter-draft.ts';
import { dropDuplicates, type FirstCopies } from './duplicates/drop-duplicates.ts';
import { createFingerprinter } from './duplicates/fingerprint.ts';
import { createFingerprintMemory, type PartitionMemory } from './duplicates/fingerprint-memory.ts';
import type { FingerprintSet } from './duplicates/fingerprint-set.ts';
import { openHours, rememberCounted } from './duplicates/partition-fingerprints.ts';
import { firstHourNeeded, hourOf } from './hours.ts';
import type { Ingest, IngestBatch, IngestOutcome } from './incoming.ts';
import type { IngestMetrics } from './ingest-metrics.ts';
import { loadBatchTime } from './load-batch-time.ts';
import { saveClaims } from './save-claims.ts';
import { type SiftedRecords, siftRecords } from './sift-records.ts';
import { type BatchRules, type WrittenBatch, writeBatch } from './write-batch.ts';

export interface IngestOptions extends BatchRules {
  readonly pool: pg.Pool;
  readonly partitions: number;
  /** How late an emotion or thought may come. */
  readonly horizonMs: number;
  readonly fingerprintSeed: number;
  readonly clock: Clock;
  readonly metrics?: IngestMetrics;
  readonly fingerprintBytesMax?: number;
}

/** What is known about a partition while it is ours. */
interface HeldPartition {
  readonly ownerEpoch: number;
  readonly memory: PartitionMemory;
  fingerprintsFromHour: number;
  prunedHour: number;
  busy: boolean;
}

const FINGERPRINT_BYTES_MAX = 256 * 1024 * 1024;
export function createIngest(options: IngestOptions): Ingest {
  const { pool, consumerGroup, horizonMs, clock, metrics } = options;
  const fingerprint = createFingerprinter(options.fingerprintSeed);
  const memory = createFingerprintMemory(options.fingerprintBytesMax ?? FINGERPRINT_BYTES_MAX);
  const heldPartitions = new Map<string, HeldPartition>();

  function release(key: string): void {
    heldPartitions.get(key)?.memory.close();
    heldPartitions.delete(key);
  }

  const claimPartitions: Ingest['claimPartitions'] = async (partitions) => {
    // What was held is void from here on, also when it turns out that the claim failed.
    for (const { topic, partition } of partitions) release(keyOf(topic, partition));
    const claims = await saveClaims(pool, consumerGroup, partitions);
    for (const { topic, partition, ownerEpoch, fingerprintsFromHour } of claims) {
      release(keyOf(topic, partition));
      heldPartitions.set(keyOf(topic, partition), {
        ownerEpoch,
        memory: memory.open(),
        fingerprintsFromHour,
        prunedHour: Number.NEGATIVE_INFINITY,
        busy: false,
      });
    }
    return claims;
  };

  async function findFirstCopies(held: HeldPartition, batch: IngestBatch, { events }: SiftedRecords) {
    const hours = new Set(events.map(({ timeMs }) => hourOf(timeMs)));
    const sets = await openHours(pool, held.memory, batch.topic, batch.partition, [...hours]);
    const copies = dropDuplicates(events, fingerprint, (hour) => sets.get(hour) as FingerprintSet);
    return { copies, sets };
  }

  async function countBatch(held: HeldPartition, batch: IngestBatch): Promise<IngestOutcome> {
    const nowMs = await loadBatchTime(pool, batch.records, clock());
    const { topic, partition } = batch;
    const { fingerprintsFromHour } = held;
    const rules = { topic, partition, partitions: options.partitions, horizonMs, nowMs, fingerprintsFromHour };
    const sifted = siftRecords(batch.records, rules);
    const feelings = isMoneyTopic(topic) ? null : await findFirstCopies(held, batch, sifted);
    const copies = feelings?.copies ?? { events: sifted.events, hours: [], lows: EMPTY, highs: EMPTY };
    const fromHour =
      feelings === null
        ? fingerprintsFromHour
        : Math.max(fingerprintsFromHour, firstHourNeeded(sifted.acceptedAtMs, horizonMs));
    const { ownerEpoch, prunedHour } = held;
    const plan = { batch, ownerEpoch, sifted, copies, nowMs, fingerprintsFromHour: fromHour, prunedHour };
    const written = await inTransaction(pool, (tx) => writeBatch(tx, options, plan));
    // The commit is known: only now may anything be remembered.
    held.fingerprintsFromHour = fromHour;
    held.prunedHour = written.prunedHour;
    if (feelings !== null) rememberCounted(feelings.sets, written.packed);
    memory.trim();
    return toOutcome(batch, sifted, copies, written);
  }

  return {
    claimPartitions,
    async claimPartition(topic, partition) {
      const [claim] = await claimPartitions([{ topic, partition }]);
      assert(claim !== undefined, 'one partition asked for gives one claim');
      return claim;
    },
    async ingestBatch(batch, ownerEpoch) {
      const key = keyOf(batch.topic, batch.partition);
      const held = heldPartitions.get(key);
      if (held?.ownerEpoch !== ownerEpoch) throw notHeld(batch, ownerEpoch);
      assert(!held.busy, `batches of ${key} must come one after the other`);
      held.busy = true;
      const startedMs = performance.now();
      try {
        const outcome = await countBatch(held, batch);
        metrics?.countBatch(batch.topic, outcome, (performance.now() - startedMs) / 1000);
        return outcome;
      } catch (error) {
        // What is in memory can no longer be trusted to be what is in the database.
        if (isLost(error) && heldPartitions.get(key) === held) release(key);
        throw error;
      } finally {
        held.busy = false;
      }
    },
  };
}

const EMPTY = new Int32Array(0);

function keyOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}

function isLost(error: unknown): boolean {
  return isEcsError(error, 'ECS_COMMIT_UNKNOWN') || isEcsError(error, 'ECS_STALE_OWNER');
}

function notHeld({ topic, partition }: IngestBatch, ownerEpoch: number): EcsError {
  return new EcsError('ECS_STALE_OWNER', `This process does not hold ${topic} partition ${partition} any more`, {
    facts: { topic, partition, ownerEpoch },
  });
}

function toOutcome(
  batch: IngestBatch,
  sifted: SiftedRecords,
  copies: FirstCopies,
  { result, deadLetters }: WrittenBatch,
): IngestOutcome {
  const { duplicate = 0, ...dropped } = result.dropped;
  const codes: Record<string, number> = {};
  for (const { code } of deadLetters) codes[code] = (codes[code] ?? 0) + 1;
  return {
    records: batch.records.length,
    counted: result.counted.reduce((sum, counted) => sum + (counted ? 1 : 0), 0),
    duplicates: sifted.events.length - copies.events.length + duplicate,
    dropped,
    deadLetters: codes,
    misplaced: sifted.misplaced.length,
  };
}
