// Teaches the Kafka client to read what producers and brokers compress: gzip, snappy, lz4 and zstd, all without native
// code. A batch that would grow past a bound is refused by name instead of taking the memory of the process.

import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import kafkajs, { type CompressionTypes } from 'kafkajs';
import { EcsError } from '../lib/errors.ts';
import { compressLz4, decompressLz4 } from './lz4-frame.ts';
import { compressSnappy, decompressSnappy } from './xerial-snappy.ts';
import { compressZstd, decompressZstd } from './zstd-frame.ts';

/** Sixty-four times what a broker takes as one batch by default. */
export const MAX_BATCH_BYTES = 64 * 1024 * 1024;

interface Codec {
  compress(batch: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(compressed: Buffer): Promise<Buffer>;
}

const gzip = promisify(zlib.gzip);
const gunzip = promisify(zlib.gunzip);

/** To be called before a consumer runs; a later call puts the same codecs there again. */
export function registerKafkaCodecs(): void {
  // Node sees these two only on the default export of this CommonJS package.
  const { CompressionCodecs, CompressionTypes: types } = kafkajs;
  const codecs: Partial<Record<CompressionTypes, () => Codec>> = CompressionCodecs;
  codecs[types.GZIP] = () => GZIP;
  codecs[types.Snappy] = () => SNAPPY;
  codecs[types.LZ4] = () => LZ4;
  codecs[types.ZSTD] = () => ZSTD;
}

const GZIP = makeCodec(gzip, (bytes) => gunzip(bytes, { maxOutputLength: MAX_BATCH_BYTES }));
const SNAPPY = makeCodec(compressSnappy, (bytes) => decompressSnappy(bytes, MAX_BATCH_BYTES));
const LZ4 = makeCodec(compressLz4, (bytes) => decompressLz4(bytes, MAX_BATCH_BYTES));
const ZSTD = makeCodec(compressZstd, (bytes) => decompressZstd(bytes, MAX_BATCH_BYTES));

type Conversion = (bytes: Buffer) => Buffer | Promise<Buffer>;

function makeCodec(compress: Conversion, decompress: Conversion): Codec {
  return {
    compress: async (batch) => compress(batch.buffer),
    async decompress(compressed) {
      try {
        return await decompress(compressed);
      } catch (error) {
        throw toBatchError(error);
      }
    },
  };
}

function toBatchError(error: unknown): EcsError {
  const detail = error instanceof Error ? error.message : String(error);
  return new EcsError('ECS_BATCH_UNREADABLE', `A compressed Kafka batch cannot be read: ${detail}`, { cause: error });
}
