// The 64-bit fingerprint of an event's identity (source, id): HalfSipHash-2-4 with a key of this installation, in 32-bit
// arithmetic. A keyed hash, because nobody must be able to make an id that hides another customer's event.

export interface Fingerprint {
  low: number;
  high: number;
}

export type Fingerprinter = (source: string, id: string) => Fingerprint;

// Where the source ends (2 bytes), then source and id in UTF-8; each has at most 200 characters.
const BYTES_MAX = 2 + 2 * 200 * 4;

/** The result is the same object at every call: read it before the next one. Never both halves 0. */
export function createFingerprinter(seed: number): Fingerprinter {
  const bytes = Buffer.alloc(BYTES_MAX);
  const result: Fingerprint = { low: 0, high: 0 };
  const secondKey = Math.imul(seed ^ 0x5bd1e995, 0x9e3779b1);
  return (source, id) => {
    const sourceEnd = writeText(bytes, source, 2);
    bytes.writeUInt16LE(sourceEnd, 0);
    hashBytes(bytes, writeText(bytes, id, sourceEnd), seed, secondKey, result);
    // 0,0 marks an empty place in the set.
    if (result.low === 0 && result.high === 0) result.low = 1;
    return result;
  };
}

/** HalfSipHash-2-4 of the first `length` bytes; `result.low` holds its first four bytes. */
export function hashBytes(bytes: Uint8Array, length: number, key0: number, key1: number, result: Fingerprint): void {
  let v0 = key0;
  let v1 = key1 ^ 0xee;
  let v2 = key0 ^ 0x6c796765;
  let v3 = key1 ^ 0x74656462;

  const whole = length & ~3;
  for (let i = 0; i <= whole; i += 4) {
    const word = i < whole ? readWord(bytes, i) : readTail(bytes, i, length);
    v3 ^= word;
    for (let round = 0; round < 2; round++) {
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
    }
    v0 ^= word;
  }

  v2 ^= 0xee;
  for (let half = 0; half < 2; half++) {
    for (let round = 0; round < 4; round++) {
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
    }
    if (half === 0) result.low = v1 ^ v3;
    else result.high = v1 ^ v3;
    v1 ^= 0xdd;
  }
}

function readWord(bytes: Uint8Array, at: number): number {
  return (
    byteAt(bytes, at) | (byteAt(bytes, at + 1) << 8) | (byteAt(bytes, at + 2) << 16) | (byteAt(bytes, at + 3) << 24)
  );
}

/** The last, incomplete word carries the length in its top byte. */
function readTail(bytes: Uint8Array, at: number, length: number): number {
  let word = length << 24;
  for (let i = at; i < length; i++) word |= byteAt(bytes, i) << ((i - at) * 8);
  return word;
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] as number;
}

/** Writes `text` in UTF-8 and gives back where it ends; ids are nearly always ASCII, where this is twice as fast. */
function writeText(bytes: Buffer, text: string, start: number): number {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) return start + bytes.write(text, start);
    bytes[start + i] = code;
  }
  return start + text.length;
}
