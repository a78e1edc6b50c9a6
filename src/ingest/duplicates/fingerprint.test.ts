import fc from 'fast-check';
import { createFingerprinter, hashBytes } from './fingerprint.ts';

// The published test vectors of HalfSipHash-2-4 with 64 bits of output: key 00 01 .. 07, message 00 01 .. (n-1).
test.each([
  [0, '218d1f59b9b83cc8'],
  [1, 'be552412f8387315'],
  [2, '064f39ef7c50eb57'],
  [3, 'ce0f1a45f7060679'],
  [4, 'd5e78a175be52ea1'],
  [5, 'cb9d7c3f2f3db580'],
  [6, 'ce3e91358aa2bc25'],
])('a message of %i bytes has the published hash', (length, expected) => {
  const result = { low: 0, high: 0 };
  hashBytes(Buffer.from([0, 1, 2, 3, 4, 5, 6, 7]), length, 0x03020100, 0x07060504, result);
  const bytes = Buffer.alloc(8);
  bytes.writeInt32LE(result.low, 0);
  bytes.writeInt32LE(result.high, 4);
  expect(bytes.toString('hex')).toBe(expected);
});

const read = (seed: number, source: string, id: string) => ({ ...createFingerprinter(seed)(source, id) });

test('the same identity has the same fingerprint, another seed another one', () => {
  expect(read(7, 'urn:a', '1')).toEqual(read(7, 'urn:a', '1'));
  expect(read(7, 'urn:a', '1')).not.toEqual(read(8, 'urn:a', '1'));
});

test('source and id do not run into each other', () => {
  expect(read(7, 'ab', 'c')).not.toEqual(read(7, 'a', 'bc'));
});

test('the longest identity fits', () => {
  const long = '\u{1f600}'.repeat(200);
  expect(read(7, long, `${long.slice(2)}a`)).not.toEqual(read(7, long, `${long.slice(2)}b`));
});

test('different identities have different fingerprints, also where only a digit differs', () => {
  const seen = new Set<string>();
  const fingerprint = createFingerprinter(-123456789);
  for (let i = 0; i < 200_000; i++) {
    const { low, high } = fingerprint('urn:wearable', `evt-${100_000_000 + i}`);
    seen.add(`${low},${high}`);
  }
  expect(seen.size).toBe(200_000);
  const id = fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme' });
  fc.assert(
    fc.property(fc.integer(), id, id, id, id, (seed, source, first, otherSource, other) => {
      fc.pre(source !== otherSource || first !== other);
      expect(read(seed, source, first)).not.toEqual(read(seed, otherSource, other));
    }),
  );
});
