// LZ4's frame format, strict about its outline: the library's own frame reader believes every length it finds, so only
// its block coders are used. Written with independent blocks, since Kafka reads no others. Content past the bound is refused.

import { compressBlock, compressBound, decompressBlock } from 'lz4js';

const MAGIC = 0x184d2204;
const BLOCK_CHECKSUM = 0b0001_0000;
const CONTENT_SIZE = 0b0000_1000;
const DICTIONARY = 0b0000_0001;
const UNCOMPRESSED = 0x8000_0000;
// Independent blocks of at most 64 KiB; the last byte is the checksum of the two before it.
const HEADER = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82]);
const BLOCK_BYTES = 64 * 1024;
const HASH_ENTRIES = 64 * 1024;

interface Block {
  readonly start: number;
  readonly size: number;
  readonly isCompressed: boolean;
}

export function decompressLz4(bytes: Buffer, maxBytes: number): Buffer {
  const { blocks, maxBlockBytes } = readOutline(bytes);
  const bound = blocks.reduce((sum, block) => sum + (block.isCompressed ? maxBlockBytes : block.size), 0);
  if (bound > maxBytes) throw new Error(`an lz4 frame of up to ${bound} bytes, more than ${maxBytes}`);
  const content = Buffer.alloc(bound);
  let filled = 0;
  for (const { start, size, isCompressed } of blocks) {
    const end = isCompressed
      ? decompressBlock(bytes, content, start, size, filled)
      : filled + bytes.copy(content, filled, start, start + size);
    if (!(end - filled <= maxBlockBytes)) throw new Error('an lz4 block is larger than its frame allows');
    filled = end;
  }
  return content.subarray(0, filled);
}

export function compressLz4(bytes: Buffer): Buffer {
  const parts: Uint8Array[] = [HEADER];
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    parts.push(...writeBlock(bytes.subarray(at, at + BLOCK_BYTES)));
  }
  return Buffer.concat([...parts, Buffer.alloc(4)]);
}

function writeBlock(block: Buffer): Uint8Array[] {
  const packed = Buffer.alloc(compressBound(block.length));
  const size = compressBlock(block, packed, 0, block.length, new Uint32Array(HASH_ENTRIES));
  const isSmaller = size > 0 && size < block.length;
  const word = Buffer.alloc(4);
  word.writeUInt32LE(isSmaller ? size : block.length + UNCOMPRESSED);
  return [word, isSmaller ? packed.subarray(0, size) : block];
}

function readOutline(bytes: Buffer): { blocks: Block[]; maxBlockBytes: number } {
  if (bytes.length < 7 || bytes.readUInt32LE(0) !== MAGIC) throw new Error('not an lz4 frame');
  const flags = bytes.readUInt8(4);
  if (flags >> 6 !== 1 || (flags & DICTIONARY) !== 0)
    throw new Error('an lz4 frame of an unknown version or dictionary');
  const sizeIndex = (bytes.readUInt8(5) >> 4) & 7;
  if (sizeIndex < 4) throw new Error('an lz4 frame with an unknown block size');
  const checksumBytes = (flags & BLOCK_CHECKSUM) === 0 ? 0 : 4;
  const blocks: Block[] = [];
  // Reading past the end throws, so a cut frame is not taken for a whole one.
  for (let at = (flags & CONTENT_SIZE) === 0 ? 7 : 15; ; ) {
    const word = bytes.readUInt32LE(at);
    if (word === 0) return { blocks, maxBlockBytes: 4 ** (sizeIndex + 4) };
    const size = word % UNCOMPRESSED;
    const start = at + 4;
    blocks.push({ start, size, isCompressed: word < UNCOMPRESSED });
    at = start + size + checksumBytes;
  }
}
