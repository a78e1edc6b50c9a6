// Zstandard: by Node itself where it can (from 22.15), else read by a decoder in JavaScript, and then not written.
// Content past the bound is refused.

import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import { EcsError } from '../lib/errors.ts';

type ZlibCall = (
  bytes: Buffer,
  options: { maxOutputLength?: number },
  done: (error: Error | null, result: Buffer) => void,
) => void;

// Newer than the Node whose types we build with.
const newerZlib = zlib as { zstdCompress?: ZlibCall; zstdDecompress?: ZlibCall };
const nativeCompress = newerZlib.zstdCompress && promisify(newerZlib.zstdCompress);
const nativeDecompress = newerZlib.zstdDecompress && promisify(newerZlib.zstdDecompress);
// What a compressor uses at its highest level; more memory than this is not given for looking back.
const MAX_WINDOW_BYTES = 128 * 1024 * 1024;

export async function decompressZstd(bytes: Buffer, maxBytes: number): Promise<Buffer> {
  return nativeDecompress
    ? nativeDecompress(bytes, { maxOutputLength: maxBytes })
    : decompressWithoutNode(bytes, maxBytes);
}

export async function compressZstd(bytes: Buffer): Promise<Buffer> {
  if (nativeCompress) return nativeCompress(bytes, {});
  throw new EcsError(
    'ECS_CONFIG_INVALID',
    `Node ${process.versions.node} cannot write zstd: use Node 22.15 or newer, or another compression`,
  );
}

export function decompressWithoutNode(bytes: Buffer, maxBytes: number): Buffer {
  const memory = readMemoryNeed(bytes);
  if (memory > Math.max(maxBytes, MAX_WINDOW_BYTES)) throw new Error(`a zstd frame that needs ${memory} bytes`);
  const chunks: Uint8Array[] = [];
  let total = 0;
  const decompressor = new Decompress((chunk) => {
    total += chunk.length;
    if (total > maxBytes) throw new Error(`a zstd frame of more than ${maxBytes} bytes`);
    chunks.push(chunk);
  });
  decompressor.push(bytes, true);
  return Buffer.concat(chunks);
}

/** The memory a frame's header asks for: its window, or the whole content where it is one segment. */
function readMemoryNeed(frame: Buffer): number {
  const descriptor = frame.readUInt8(4);
  const isSingleSegment = (descriptor & 0b0010_0000) !== 0;
  if (!isSingleSegment) {
    const window = frame.readUInt8(5);
    const base = 2 ** (10 + (window >> 3));
    return base + (base / 8) * (window & 7);
  }
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeAt = 5 + dictionaryBytes;
  switch (descriptor >> 6) {
    case 0:
      return frame.readUInt8(sizeAt);
    case 1:
      return frame.readUInt16LE(sizeAt) + 256;
    case 2:
      return frame.readUInt32LE(sizeAt);
    default:
      return Number(frame.readBigUInt64LE(sizeAt));
  }
}
