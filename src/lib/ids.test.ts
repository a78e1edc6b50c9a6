// Ids: the form of the RFC, no two alike, and in the order in which they were made. Nonces: no two alike, nothing in common.
import { validate, version } from 'uuid';
import { makeId, makeNonce } from './ids.ts';

test('a hundred thousand ids are UUIDv7, differ, and sort in the order in which they were made', () => {
  const beforeMs = Date.now();
  const ids = Array.from({ length: 100_000 }, makeId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id) => validate(id) && version(id) === 7)).toBe(true);
  expect(ids.toSorted()).toEqual(ids);
  const madeMs = Number.parseInt(ids[0]?.replaceAll('-', '').slice(0, 12) ?? '', 16);
  expect(madeMs).toBeGreaterThanOrEqual(beforeMs);
  expect(madeMs).toBeLessThanOrEqual(Date.now());
});

test('the random part of neighbours has nothing in common', () => {
  const tails = Array.from({ length: 2_000 }, () => makeId().slice(-10));
  expect(new Set(tails).size).toBe(tails.length);
});

test('nonces are 256 bits, and no quarter of one is ever seen again, ids made in between or not', () => {
  const nonces = Array.from({ length: 2_000 }, (_, index) => {
    if (index % 3 === 0) makeId();
    return makeNonce();
  });
  expect(nonces.every((nonce) => /^[0-9a-f]{64}$/.test(nonce))).toBe(true);
  const parts = nonces.flatMap((nonce) => nonce.match(/.{16}/g) ?? []);
  expect(new Set(parts).size).toBe(4 * nonces.length);
});
