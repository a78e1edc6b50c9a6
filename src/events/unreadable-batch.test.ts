import { gzipSync } from 'node:zlib';
import { CompressionCodecs, CompressionTypes } from 'kafkajs';
import { isUnreadable, registerTolerantCodecs } from './unreadable-batch.ts';

async function gunzip(bytes: Buffer): Promise<Buffer> {
  registerTolerantCodecs();
  const codecs = CompressionCodecs as unknown as Record<number, () => { decompress(bytes: Buffer): Promise<Buffer> }>;
  return codecs[CompressionTypes.GZIP]!().decompress(bytes);
}

test('a batch that can be read is read', async () => {
  const bytes = await gunzip(gzipSync('records'));
  expect(bytes.toString()).toBe('records');
  expect(isUnreadable(bytes)).toBe(false);
});

test('a damaged one becomes marked records that no producer can imitate', async () => {
  const bytes = await gunzip(Buffer.from('damaged'));
  expect(isUnreadable(bytes)).toBe(true);
  expect(isUnreadable(bytes.subarray(100, 110))).toBe(true);
  expect(isUnreadable(Buffer.from(bytes.subarray(0, 100)))).toBe(false);
  expect(isUnreadable(Buffer.from('unreadable'))).toBe(false);
  expect(isUnreadable(null)).toBe(false);
});
