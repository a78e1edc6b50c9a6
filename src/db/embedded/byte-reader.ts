// Reads a stream of chunks in pieces of asked length, holding no more than one chunk.

export interface ByteReader {
  /** Between one and `lengthMax` bytes, or undefined at the end. */
  readSome(lengthMax: number): Promise<Buffer | undefined>;
  /** Exactly `length` bytes, or undefined if the stream ends before. */
  read(length: number): Promise<Buffer | undefined>;
}

export function createByteReader(source: AsyncIterable<Buffer>): ByteReader {
  const chunks = source[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);

  async function readSome(lengthMax: number): Promise<Buffer | undefined> {
    while (rest.length === 0) {
      const next = await chunks.next();
      if (next.done === true) return undefined;
      rest = next.value;
    }
    const piece = rest.subarray(0, lengthMax);
    rest = rest.subarray(piece.length);
    return piece;
  }

  async function read(length: number): Promise<Buffer | undefined> {
    const pieces: Buffer[] = [];
    for (let missing = length; missing > 0; ) {
      const piece = await readSome(missing);
      if (piece === undefined) return undefined;
      pieces.push(piece);
      missing -= piece.length;
    }
    return Buffer.concat(pieces);
  }

  return { readSome, read };
}
