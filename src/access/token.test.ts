// Tokens: made ones are recognised by their form, chosen ones by their hash, and nothing else is read at all.
import fc from 'fast-check';
import { isStrongToken, makeToken, readToken } from './token.ts';

test('a made token is read back to the same key id and hash', () => {
  const made = makeToken();
  expect(made.token).toMatch(/^ecs_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$/);
  expect(readToken(made.token)).toEqual(made);
  expect(makeToken().token).not.toBe(made.token);
});

test('the secret comes from the given randomness, 32 bytes of it', () => {
  const asked: number[] = [];
  makeToken((bytes) => {
    asked.push(bytes);
    return Buffer.alloc(bytes, 7);
  });
  expect(asked).toEqual([8, 32]);
});

test('a chosen token is named by its hash, and tokens of other operators are named otherwise', () => {
  const chosen = 'a-token-of-the-operators-own-choice-1234567890';
  const read = readToken(chosen);
  expect(read?.keyId).toMatch(/^[0-9a-f]{16}$/);
  expect(read?.token).toBe(chosen);
  expect(readToken(`${chosen}x`)?.keyId).not.toBe(read?.keyId);
});

test.each([[''], ['short'], [`with space ${'x'.repeat(40)}`], ['x'.repeat(257)], ['ü'.repeat(40)]])(
  '%j is no token',
  (text) => {
    expect(readToken(text)).toBeNull();
  },
);

test.each([
  ['x'.repeat(64), false],
  ['ab'.repeat(32), false],
  ['password', false],
  ['d0a1b2c3d4e5f60718293a4b5c6d7e8f', true],
])('%j is strong: %s', (token, strong) => {
  expect(isStrongToken(token)).toBe(strong);
});

test('whatever is presented, reading it never throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      expect(() => readToken(text)).not.toThrow();
    }),
  );
});
