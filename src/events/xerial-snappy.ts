// Snappy as Kafka's Java clients write it: blocks in xerial's frame. Bare snappy, which some other clients write, is read
// too. Content past the bound is refused.

import { compress, uncompress } from 'snappyjs';

const MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const HEADER_BYTES = 16;
const BLOCK_BYTES = 32 * 1024;

export function decompressSnappy(bytes: Buffer, maxBytes: number): Buffer {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return decompressBlock(bytes, maxBytes);
  const blocks: Buffer[] = [];
  let left = maxBytes;
  for (let at = HEADER_BYTES; at < bytes.length; ) {
    const start = at + 4;
    const end = start + bytes.readUInt32BE(at);
    if (end > bytes.length) throw new Error('the last snappy block is cut off');
    const block = decompressBlock(bytes.subarray(start, end), left);
    blocks.push(block);
    left -= block.length;
    at = end;
  }
  return Buffer.concat(blocks);
}

export function compressSnappy(bytes: Buffer): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.writeInt32BE(1, 8);
  header.writeInt32BE(1, 12);
  const parts: Uint8Array[] = [header];
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const block = compress<Uint8Array>(bytes.subarray(at, at + BLOCK_BYTES));
    const length = Buffer.alloc(4);
    length.writeInt32BE(block.length);
    parts.push(length, block);
  }
  return Buffer.concat(parts);
}

function decompressBlock(block: Buffer, maxBytes: number): Buffer {
  const size = readDeclaredSize(block);
  if (size > maxBytes) throw new Error(`a snappy block of ${size} bytes, more than ${maxBytes}`);
  return uncompress(block);
}

/** Snappy begins with the size of the content, seven bits a byte, lowest first. */
function readDeclaredSize(block: Buffer): number {
  let size = 0;
  for (let index = 0; index < 5; index++) {
    const byte = block.readUInt8(index);
    size += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return size;
  }
  throw new Error('not a snappy block');
}
