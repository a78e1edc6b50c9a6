// Counts one fetched batch of one partition: only what was fetched from where the database says, slice by slice, trying
// again through outages without ever skipping.
import type { PartitionBounds } from '../../events/kafka-admin.ts';
import type { BatchControl, FetchedBatch } from '../../events/kafka-group-consumer.ts';
import type { InputTopic } from '../../events/topics.ts';
import { type EcsError, isEcsError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { pause } from '../../lib/pause.ts';
import type { Ingest, IngestBatch } from '../incoming.ts';
import { backoffMs } from './backoff.ts';
import { beatWhile } from './beat-while.ts';
import { checkBounds } from './check-bounds.ts';
import { type ReadingPlace, toTrouble } from './reading-place.ts';
import { splitBatch } from './split-batch.ts';

export interface BatchReaderOptions {
  readonly ingest: Ingest;
  readonly loadBounds: (topic: InputTopic) => Promise<readonly PartitionBounds[]>;
  /** Sends the client to where the database says, or stops the partition where the log does not reach. */
  readonly settle: (place: ReadingPlace, bounds: PartitionBounds | undefined) => void;
  /** Stops the partition until somebody, or the next look at it, lets it go on. */
  readonly stop: (place: ReadingPlace, error: EcsError) => void;
  readonly random: () => number;
  readonly log: Log;
}

/** Ends early, leaving the rest to be fetched again, when the partition has to be left. */
export type ReadBatch = (
  place: ReadingPlace,
  batch: FetchedBatch,
  control: BatchControl,
  signal: AbortSignal,
) => Promise<void>;

const SLICE = { records: 5_000, bytes: 8 * 1024 * 1024 } as const;
const BACKOFF = { baseMs: 100, maxMs: 5_000 } as const;

/** A batch at hand, and whether it still is ours to read. */
interface Reading {
  readonly place: ReadingPlace;
  readonly control: BatchControl;
  readonly signal: AbortSignal;
}

export function createBatchReader({ ingest, loadBounds, settle, stop, random, log }: BatchReaderOptions): ReadBatch {
  async function countSlices(reading: Reading, batch: FetchedBatch): Promise<void> {
    const { place, control } = reading;
    const { topic, partition, nextOffset: fetchedFrom } = place;
    const { nextOffset, records } = batch;
    for (const slice of splitBatch({ topic, partition, fetchedFrom, nextOffset, records }, SLICE)) {
      if (!isOurs(reading) || !(await countSlice(reading, slice))) return;
      control.resolve(slice.nextOffset);
      await control.heartbeat();
    }
  }

  /**
   * The batch does not begin where the database says. Records that the client passed over by themselves (markers,
   * compaction) are a gap by nature, provided the log still reaches back to where we stand; anything else is fetched again.
   */
  async function isGapByNature(reading: Reading, batch: FetchedBatch): Promise<boolean> {
    const { place } = reading;
    const { topic, partition, nextOffset } = place;
    const bounds = await tryUntilDone(reading, () => loadBounds(topic));
    if (bounds === undefined) return false;
    const own = bounds.find((entry) => entry.partition === partition);
    const isWithin = checkBounds(topic, partition, nextOffset, own) === null;
    if (isWithin && batch.fetchedFrom === place.position) return true;
    log.info({ topic, partition, fetchedFrom: batch.fetchedFrom, nextOffset }, 'a batch from elsewhere was dropped');
    settle(place, own);
    return false;
  }

  /** False: the batch must be left. */
  async function countSlice(reading: Reading, slice: IngestBatch): Promise<boolean> {
    const { place } = reading;
    const counted = await tryUntilDone(reading, () => ingestUnlessLost(slice, place.ownerEpoch));
    if (counted === undefined) return false;
    if (counted === 'position_lost') {
      await takeOverAnew(reading);
      return false;
    }
    place.nextOffset = slice.nextOffset;
    place.position = slice.nextOffset;
    return true;
  }

  async function ingestUnlessLost(slice: IngestBatch, ownerEpoch: number): Promise<'counted' | 'position_lost'> {
    try {
      await ingest.ingestBatch(slice, ownerEpoch);
      return 'counted';
    } catch (error) {
      if (!isPositionLost(error)) throw error;
      log.info({ code: error.code, err: error }, 'a partition is taken over anew');
      return 'position_lost';
    }
  }

  async function takeOverAnew(reading: Reading): Promise<void> {
    const { place, control, signal } = reading;
    // Rejects where the group has moved on without us: then the partition is somebody else's.
    await control.heartbeat();
    await pause(backoffMs(2, BACKOFF, random), signal);
    const claim = await tryUntilDone(reading, () => ingest.claimPartition(place.topic, place.partition));
    if (claim === undefined) return;
    place.ownerEpoch = claim.ownerEpoch;
    place.nextOffset = claim.nextOffset;
    settle(place, undefined);
  }

  /** Repeats `work` through outages; undefined when the partition has to be left. */
  async function tryUntilDone<T>(reading: Reading, work: () => Promise<T>): Promise<T | undefined> {
    const { place, control, signal } = reading;
    for (let attempt = 0; isOurs(reading); attempt++) {
      try {
        return await beatWhile(work(), control);
      } catch (error) {
        place.trouble = toTrouble(error);
        if (!place.trouble.retryable) {
          stop(place, place.trouble);
          return undefined;
        }
        log.warn({ code: place.trouble.code, err: error, attempt }, 'a batch waits and is tried again');
        await pause(backoffMs(attempt, BACKOFF, random), signal);
        await control.heartbeat();
      }
    }
    return undefined;
  }

  return async (place, batch, control, signal) => {
    const reading = { place, control, signal };
    place.highWatermark = batch.highWatermark;
    const isNext = batch.fetchedFrom === place.position && place.position === place.nextOffset;
    if (!isNext && !(await isGapByNature(reading, batch))) return;
    place.proven = true;
    await countSlices(reading, batch);
  };
}

function isOurs({ control, signal }: Reading): boolean {
  return control.isCurrent() && !signal.aborted;
}

function isPositionLost(error: unknown): error is EcsError {
  return (
    isEcsError(error, 'ECS_STALE_OWNER') ||
    isEcsError(error, 'ECS_OFFSET_MISMATCH') ||
    isEcsError(error, 'ECS_COMMIT_UNKNOWN')
  );
}
