import fc from 'fast-check';
import type { IngestBatch } from '../incoming.ts';
import { splitBatch } from './split-batch.ts';

const batches = fc
  .array(fc.record({ gap: fc.integer({ min: 1, max: 5 }), size: fc.nat(30) }), { maxLength: 40 })
  .chain((parts) => fc.record({ parts: fc.constant(parts), tail: fc.nat(3), gapBefore: fc.nat(3) }))
  .map(({ parts, tail, gapBefore }): IngestBatch => {
    let offset = 10 + gapBefore;
    const records = parts.map(({ gap, size }) => {
      const record = { offset, value: Buffer.alloc(size), headers: {}, acceptedAtMs: 1 };
      offset += gap;
      return record;
    });
    return { topic: 'ecs.emotions.v1', partition: 0, fetchedFrom: 10, nextOffset: offset + tail, records };
  });

test('slices follow each other without gap, keep every record and respect the limits', () => {
  fc.assert(
    fc.property(batches, fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 60 }), (batch, records, bytes) => {
      const slices = [...splitBatch(batch, { records, bytes })];
      expect(slices.flatMap((slice) => slice.records)).toEqual(batch.records);
      expect(slices[0]?.fetchedFrom).toBe(batch.fetchedFrom);
      expect(slices.at(-1)?.nextOffset).toBe(batch.nextOffset);
      slices.slice(1).forEach((slice, i) => {
        expect(slice.fetchedFrom).toBe(slices[i]?.nextOffset);
        expect(slice.records[0]?.offset).toBe(slice.fetchedFrom);
      });
      for (const slice of slices) {
        expect(slice.records.length).toBeLessThanOrEqual(records);
        const size = slice.records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
        if (slice.records.length > 1) expect(size).toBeLessThanOrEqual(bytes);
      }
    }),
  );
});
