// One compressed batch that cannot be read must not stop every partition. The client library gives up on the whole fetch
// when a codec fails, so here a failing codec hands it marked records instead, one for each it expects: they reach ingest at
// their offsets, become dead letters, and the partition moves on.
import kafkajs, { type CompressionTypes } from 'kafkajs';
import { isEcsError } from '../lib/errors.ts';
import { registerKafkaCodecs } from './kafka-codecs.ts';

interface Codec {
  compress(batch: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(compressed: Buffer): Promise<Buffer>;
}

/** More than any producer puts into one batch; the library reads as many of them as the batch's header announces. */
const RECORDS_MAX = 131_072;
const MARKER = Buffer.from('unreadable');

let markedRecords: Buffer | undefined;

/** Once per process, before a consumer runs; calling it again changes nothing. */
export function registerTolerantCodecs(): void {
  registerKafkaCodecs();
  // Node sees these two only on the default export of this CommonJS package.
  const { CompressionCodecs, CompressionTypes: types } = kafkajs;
  const codecs: Partial<Record<CompressionTypes, () => Codec>> = CompressionCodecs;
  for (const type of [types.GZIP, types.Snappy, types.LZ4, types.ZSTD]) {
    const codec = codecs[type]?.();
    if (codec !== undefined) codecs[type] = () => tolerant(codec);
  }
}

function tolerant(codec: Codec): Codec {
  return {
    compress: codec.compress,
    async decompress(compressed) {
      try {
        return await codec.decompress(compressed);
      } catch (error) {
        if (!isEcsError(error, 'ECS_BATCH_UNREADABLE')) throw error;
        markedRecords ??= makeMarkedRecords();
        return markedRecords;
      }
    },
  };
}

/** Was this value made here? Told by its memory, which no producer can imitate. */
export function isUnreadable(value: Buffer | null): boolean {
  return value !== null && markedRecords !== undefined && value.buffer === markedRecords.buffer;
}

/** Records of the v2 format, numbered from 0: length, attributes, time and offset delta, no key, the marker, no headers. */
function makeMarkedRecords(): Buffer {
  // Not from the pool of small buffers: the memory must be of these records alone.
  const bytes = Buffer.from(new ArrayBuffer(RECORDS_MAX * 24));
  let at = 0;
  for (let delta = 0; delta < RECORDS_MAX; delta++) {
    const body = [0, 0, ...toVarInt(delta), ...toVarInt(-1), ...toVarInt(MARKER.length), ...MARKER, 0];
    for (const byte of [...toVarInt(body.length), ...body]) at = bytes.writeUInt8(byte, at);
  }
  return bytes.subarray(0, at);
}

/** Zigzag, then seven bits a byte, the lowest first. */
function toVarInt(value: number): number[] {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  const bytes: number[] = [];
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  return [...bytes, rest];
}
