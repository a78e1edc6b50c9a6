// Every compression Kafka knows is read back from a real broker that compressed the batches itself; frames that other
// programs wrote are read, grown ones refused, and damaged ones never give more than the bound.

import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { CompressionCodecs, CompressionTypes, Kafka, logLevel } from 'kafkajs';
import { createTopics } from '../../test/support/create-topics.ts';
import { useKafka } from '../../test/support/kafka.ts';
import { uniqueName } from '../../test/support/unique-name.ts';
import { MAX_BATCH_BYTES, registerKafkaCodecs } from './kafka-codecs.ts';
import { compressLz4, decompressLz4 } from './lz4-frame.ts';
import { compressSnappy, decompressSnappy } from './xerial-snappy.ts';
import { compressZstd, decompressWithoutNode, decompressZstd } from './zstd-frame.ts';

const TEXT = 'every feeling counts once, every feeling counts once, every feeling counts once';
const ZSTD_FRAMES = {
  'of one segment with a checksum': 'KLUv/SRPFQEA2GV2ZXJ5IGZlZWxpbmcgY291bnRzIG9uY2UsIAEAx885Bi0M5LU=',
  'at a high level': 'KLUv/SRPFQEA2GV2ZXJ5IGZlZWxpbmcgY291bnRzIG9uY2UsIAEAx885Bi0M5LU=',
  'from a stream, without a checksum': 'KLUv/QBYFQEA2GV2ZXJ5IGZlZWxpbmcgY291bnRzIG9uY2UsIAEAx885Bg==',
};
const LZ4_FRAMES = {
  'as the command line writes it': 'BCJNGGRApyYAAAD/DGV2ZXJ5IGZlZWxpbmcgY291bnRzIG9uY2UsIBsAHFAgb25jZQAAAAAWPA8L',
  'with linked, checked blocks and a content size':
    'BCJNGHxATwAAAAAAAACQJgAAAP8MZXZlcnkgZmVlbGluZyBjb3VudHMgb25jZSwgGwAcUCBvbmNlYp7GCQAAAAAWPA8L',
};
const TWO_MEGABYTES_OF_ZSTD = Buffer.from(
  'KLUv/QRYVAAAEAAAAQD7/znAAgIAEAACABAAAgAQAAIAEAACABAAAgAQAAIAEAACABAAAgAQAAIAEAACABAAAgAQAAIAEAACABAAAyQEAA7JdNc=',
  'base64',
);

const canWriteZstd = 'zstdCompress' in zlib;
const compressible = fc
  .array(fc.tuple(fc.string(), fc.nat(400)), { maxLength: 60 })
  .map((runs) => Buffer.from(runs.map(([text, times]) => text.repeat(times)).join('')));

beforeAll(() => {
  registerKafkaCodecs();
  registerKafkaCodecs();
});

describe.each(['gzip', 'snappy', 'lz4', 'zstd', 'uncompressed'])('a topic whose broker keeps it %s', (compression) => {
  test('gives back every message and header', async () => {
    const { brokers } = await useKafka();
    const topic = uniqueName(`codec-${compression}`);
    await createTopics(brokers, [{ topic, config: { 'compression.type': compression } }]);
    const sent = Array.from({ length: 2_000 }, (_, index) => ({
      key: `customer-${index % 7}`,
      value: JSON.stringify({ index, text: `${TEXT} ${index * 7919}`.repeat(1 + (index % 5)) }),
      headers: { ce_id: `event-${index}` },
    }));
    const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
    const producer = kafka.producer();
    await producer.connect();
    try {
      await producer.send({ topic, messages: sent.slice(0, 1_500) });
      await producer.send({ topic, messages: sent.slice(1_500) });
    } finally {
      await producer.disconnect();
    }
    expect(await consume(kafka, topic, sent.length)).toEqual(sent);
  }, 120_000);
});

test.each([
  ['gzip', CompressionTypes.GZIP],
  ['snappy', CompressionTypes.Snappy],
  ['lz4', CompressionTypes.LZ4],
])(
  'a producer may send %s to the broker',
  async (name, compression) => {
    const { brokers } = await useKafka();
    const topic = uniqueName(`produce-${name}`);
    // The broker must open the batch to compress it anew, so a wrong frame would be refused here.
    await createTopics(brokers, [{ topic, config: { 'compression.type': 'uncompressed' } }]);
    const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
    const sent = Array.from({ length: 900 }, (_, index) => ({
      key: `${index}`,
      value: `${TEXT} ${index}`,
      headers: {},
    }));
    const producer = kafka.producer();
    await producer.connect();
    try {
      await producer.send({ topic, compression, messages: sent });
    } finally {
      await producer.disconnect();
    }
    expect(await consume(kafka, topic, sent.length)).toEqual(sent);
  },
  120_000,
);

async function consume(kafka: Kafka, topic: string, count: number): Promise<unknown[]> {
  const consumer = kafka.consumer({ groupId: uniqueName('codecs') });
  const received: unknown[] = [];
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer.on('consumer.crash', ({ payload }) => reject(payload.error));
      void consumer.run({
        eachMessage: async ({ message: { key, value, headers } }) => {
          const names = Object.entries(headers ?? {}).map(([name, bytes]) => [name, `${bytes}`]);
          received.push({ key: `${key}`, value: `${value}`, headers: Object.fromEntries(names) });
          if (received.length === count) resolve();
        },
      });
    });
  } finally {
    await consumer.disconnect();
  }
  return received;
}

test('snappy and lz4 give back what they were given', async () => {
  await fc.assert(
    fc.property(compressible, (bytes) => {
      expect(decompressSnappy(compressSnappy(bytes), bytes.length).equals(bytes)).toBe(true);
      expect(decompressLz4(compressLz4(bytes), bytes.length + 64 * 1024).equals(bytes)).toBe(true);
    }),
  );
});

test('zstd gives back what it was given, or says that this Node cannot write it', async () => {
  if (!canWriteZstd) {
    await expect(compressZstd(Buffer.from(TEXT))).rejects.toThrow(/cannot write zstd: use Node 22.15/);
    return;
  }
  await fc.assert(
    fc.asyncProperty(compressible, async (bytes) => {
      const frame = await compressZstd(bytes);
      expect((await decompressZstd(frame, bytes.length + 1)).equals(bytes)).toBe(true);
      expect(decompressWithoutNode(frame, bytes.length).equals(bytes)).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test.each(Object.entries(ZSTD_FRAMES))('a zstd frame %s is read', async (_, base64) => {
  const frame = Buffer.from(base64, 'base64');
  expect(`${decompressWithoutNode(frame, 1_000)}`).toBe(TEXT);
  expect(`${await decompressZstd(frame, 1_000)}`).toBe(TEXT);
});

test.each(Object.entries(LZ4_FRAMES))('an lz4 frame %s is read', (_, base64) => {
  expect(`${decompressLz4(Buffer.from(base64, 'base64'), 4 * 1024 * 1024)}`).toBe(TEXT);
});

test('bare snappy is read', () => {
  expect(`${decompressSnappy(compressSnappy(Buffer.from(TEXT)).subarray(20), 1_000)}`).toBe(TEXT);
});

describe('a batch that grows past the bound', () => {
  test('is refused, whatever it is compressed with', async () => {
    const large = Buffer.alloc(3 * 1024 * 1024);
    expect(() => decompressSnappy(compressSnappy(large), large.length - 1)).toThrow(/a snappy block of/);
    expect(() => decompressLz4(compressLz4(large), large.length - 1)).toThrow(/an lz4 frame of up to/);
    expect(decompressWithoutNode(TWO_MEGABYTES_OF_ZSTD, 2_000_000)).toHaveLength(2_000_000);
    expect(() => decompressWithoutNode(TWO_MEGABYTES_OF_ZSTD, 1_999_999)).toThrow(/a zstd frame/);
    await expect(decompressZstd(TWO_MEGABYTES_OF_ZSTD, 1_000_000)).rejects.toThrow();
  });

  test('reaches the caller as an error of ours', async () => {
    const gzip = CompressionCodecs[CompressionTypes.GZIP]();
    const bomb = await gzip.compress({ buffer: Buffer.alloc(MAX_BATCH_BYTES + 1) });
    await expect(gzip.decompress(bomb)).rejects.toMatchObject({ code: 'ECS_BATCH_UNREADABLE' });
  });
});

test('damaged frames give an error or at most the bound, never a hang', () => {
  const frames = [
    compressSnappy(Buffer.from(TEXT.repeat(50))),
    compressLz4(Buffer.from(TEXT.repeat(50))),
    ...Object.values(LZ4_FRAMES).map((base64) => Buffer.from(base64, 'base64')),
    ...Object.values(ZSTD_FRAMES).map((base64) => Buffer.from(base64, 'base64')),
    TWO_MEGABYTES_OF_ZSTD,
  ];
  const change = fc.record({ at: fc.nat(400), byte: fc.nat(255) });
  fc.assert(
    fc.property(
      fc.constantFrom(...frames),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      fc.nat(500),
      (frame, changes, cut) => {
        const damaged = Buffer.from(frame.subarray(0, Math.max(0, frame.length - (cut % 3 === 0 ? cut : 0))));
        for (const { at, byte } of changes) if (damaged.length > 0) damaged[at % damaged.length] = byte;
        for (const read of [decompressSnappy, decompressLz4, decompressWithoutNode]) {
          expect(lengthOrError(() => read(damaged, 300_000))).toBeLessThanOrEqual(300_000);
        }
      },
    ),
    { numRuns: 400 },
  );
});

function lengthOrError(read: () => Buffer): number {
  try {
    return read().length;
  } catch (error) {
    expect(`${error}`).toMatch(/Error/);
    return 0;
  }
}
