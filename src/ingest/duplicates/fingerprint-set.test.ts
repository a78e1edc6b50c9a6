import fc from 'fast-check';
import { createFingerprintSet } from './fingerprint-set.ts';

// Few different values, many of which start at the same place: collisions and wrap-around are the rule.
const half = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(16, 32, -16, 2 ** 31 - 1, -(2 ** 31)),
  fc.integer(),
);
const fingerprint = fc.tuple(half, half).filter(([low, high]) => low !== 0 || high !== 0);

test('behaves like a Set of pairs', () => {
  fc.assert(
    fc.property(fc.array(fingerprint, { maxLength: 300 }), fc.nat(100), (added, expected) => {
      const set = createFingerprintSet(expected);
      const model = new Set<string>();
      for (const [low, high] of added) {
        expect(set.has(low, high)).toBe(model.has(`${low},${high}`));
        expect(set.add(low, high)).toBe(!model.has(`${low},${high}`));
        model.add(`${low},${high}`);
        expect(set.has(low, high)).toBe(true);
      }
      expect(set.size).toBe(model.size);
      for (const text of model) {
        const [low, high] = text.split(',').map(Number) as [number, number];
        expect(set.has(low, high)).toBe(true);
        expect(set.has(high, low)).toBe(model.has(`${high},${low}`));
      }
    }),
  );
});

test('keeps a hundred thousand in at most 32 bytes each', () => {
  const set = createFingerprintSet();
  for (let i = 0; i < 100_000; i++) set.add(Math.imul(i, 0x9e3779b1), i + 1);
  expect(set.size).toBe(100_000);
  expect(set.bytes / set.size).toBeLessThanOrEqual(32);
});
