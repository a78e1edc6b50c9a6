import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { partitionOf } from './partition-of.ts';

const subjects = fc.string({
  minLength: 1,
  maxLength: 200,
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
});

function partitionByKafkajs(key: string, partitions: number): number {
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
    partitionErrorCode: 0,
    partitionId,
    leader: 0,
    replicas: [0],
    isr: [0],
  }));
  return Partitioners.DefaultPartitioner()({ topic: 't', partitionMetadata, message: { key, value: null } });
}

// Results of org.apache.kafka.common.utils.Utils.murmur2, from the tests of Kafka itself.
test.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('%s lands where the Java client puts it', (subject, hash) => {
  for (const partitions of [1, 12, 1024, 0x7fffffff]) {
    expect(partitionOf(subject, partitions)).toBe((hash & 0x7fffffff) % partitions);
  }
});

test('agrees with the partitioner of the client for any customer id', () => {
  fc.assert(
    fc.property(subjects, fc.integer({ min: 1, max: 1024 }), (subject, partitions) => {
      expect(partitionOf(subject, partitions)).toBe(partitionByKafkajs(subject, partitions));
    }),
    { numRuns: 2000 },
  );
});
