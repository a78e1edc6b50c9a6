// Cuts a fetched batch into transactions of bearable size, each beginning where the one before ended.
import type { IncomingRecord, IngestBatch } from '../incoming.ts';

export interface SliceLimits {
  readonly records: number;
  readonly bytes: number;
}

/** `batch` in slices of at least one record; the last one ends where the batch does. */
export function* splitBatch(batch: IngestBatch, limits: SliceLimits): Generator<IngestBatch> {
  let { fetchedFrom } = batch;
  let start = 0;
  let bytes = 0;
  for (let i = 0; i < batch.records.length; i++) {
    const { offset, value } = batch.records[i] as IncomingRecord;
    const size = value?.length ?? 0;
    if (i > start && (i - start >= limits.records || bytes + size > limits.bytes)) {
      yield { ...batch, fetchedFrom, nextOffset: offset, records: batch.records.slice(start, i) };
      fetchedFrom = offset;
      start = i;
      bytes = 0;
    }
    bytes += size;
  }
  yield { ...batch, fetchedFrom, records: batch.records.slice(start) };
}
