// The form of a backup: a gzipped tar that any tool can open, whose first entry lists every file with its SHA-256.
import { z } from 'zod';
import { assert } from '../../lib/assert.ts';

export const MANIFEST_NAME = 'manifest.json';
/** Under this folder the archive holds the cluster. */
export const CLUSTER_PREFIX = 'postgres/';
export const BLOCK_BYTES = 512;

/** Relative, downwards only: a backup from elsewhere must not write outside the folder that it is restored to. */
const RelativePath = z.string().regex(/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/);

export const Manifest = z.strictObject({
  format: z.literal(1),
  postgresMajor: z.int().positive(),
  folders: z.array(RelativePath),
  files: z.array(
    z.strictObject({
      path: RelativePath,
      sizeBytes: z.int().nonnegative(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
});
export type Manifest = z.infer<typeof Manifest>;
export type BackupFile = Manifest['files'][number];

export interface EntryHeader {
  readonly name: string;
  readonly type: 'file' | 'folder';
  readonly sizeBytes: number;
}

const TYPE_FLAGS = { file: '0', folder: '5' } as const;
const CHECKSUM_AT = 148;
const CHECKSUM_BYTES = 8;

/** A POSIX ustar header. Names here are far below its 100 bytes, sizes far below its 8 GB. */
export function encodeHeader({ name, type, sizeBytes }: EntryHeader): Buffer {
  assert(/^[\x21-\x7e]{1,99}$/.test(name), `${name} fits a tar header`);
  const octal = (value: number, width: number) => value.toString(8).padStart(width, '0');
  const header = Buffer.alloc(BLOCK_BYTES);
  header.write(name, 0, 'latin1');
  header.write(octal(type === 'file' ? 0o600 : 0o700, 7), 100, 'latin1');
  header.write(octal(0, 7), 108, 'latin1');
  header.write(octal(0, 7), 116, 'latin1');
  header.write(octal(sizeBytes, 11), 124, 'latin1');
  header.write(octal(0, 11), 136, 'latin1');
  header.write(TYPE_FLAGS[type], 156, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  header.write(`${octal(sumHeader(header), 6)}\0 `, CHECKSUM_AT, 'latin1');
  return header;
}

/** Undefined for bytes that are no header of ours. */
export function decodeHeader(header: Buffer): EntryHeader | undefined {
  const text = (from: number, length: number) =>
    header
      .toString('latin1', from, from + length)
      .split('\0', 1)[0]
      ?.trim() ?? '';
  const flag = text(156, 1);
  const type = flag === TYPE_FLAGS.file ? 'file' : flag === TYPE_FLAGS.folder ? 'folder' : undefined;
  const sizeBytes = Number.parseInt(text(124, 12), 8);
  const isIntact = Number.parseInt(text(CHECKSUM_AT, CHECKSUM_BYTES), 8) === sumHeader(header);
  return type === undefined || !isIntact || Number.isNaN(sizeBytes)
    ? undefined
    : { name: text(0, 100), type, sizeBytes };
}

/** The checksum counts its own field as spaces. */
function sumHeader(header: Buffer): number {
  let sum = CHECKSUM_BYTES * 0x20;
  for (let index = 0; index < BLOCK_BYTES; index++) {
    if (index < CHECKSUM_AT || index >= CHECKSUM_AT + CHECKSUM_BYTES) sum += header[index] ?? 0;
  }
  return sum;
}

/** Contents are filled up to whole blocks. */
export function countPadding(sizeBytes: number): number {
  return (BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES;
}
