// Ids: the form of the RFC, no two alike, and in the order in which they were made.
import { validate, version } from 'uuid';
import { makeId } from './ids.ts';

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
