import { describe, expect, test } from '@jest/globals';
import { parseCursor, toPage } from './page.ts';

const items = ['2026-03-01', '2026-02-01', '2026-01-01'].map((day) => ({ at: `${day}T00:00:00.000Z`, id: `é ${day}` }));
const keyOf = (item: { at: string; id: string }) => [item.at, item.id];

describe('pages', () => {
  test('one item more than asked for means that there is a next page', () => {
    const page = toPage(items, 2, keyOf);
    expect(page.items).toEqual(items.slice(0, 2));
    expect(parseCursor(page.nextCursor ?? '', 1)).toEqual([items[1]!.at, items[1]!.id]);
  });

  test('the last page has no next', () => {
    expect(toPage(items, 3, keyOf).nextCursor).toBeNull();
    expect(toPage([], 3, keyOf)).toEqual({ items: [], nextCursor: null });
  });

  test('without a cursor the list begins at its start', () => {
    expect(parseCursor(undefined, 2)).toEqual([null, null, null]);
  });

  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  test.each([
    '',
    'nonsense',
    '💥',
    encode(null),
    encode(['2026-01-01T00:00:00Z']),
    encode(['2026-01-01T00:00:00Z', 'a', 'b']),
    encode(['never', 'a']),
    encode(['1', 'a']),
    encode(['2026-01-01', 'a']),
    encode(['2026-01-01T00:00:00.000Z', 'a\0']),
    encode([7, 'a']),
    encode({ length: 2 }),
  ])('%s is refused', (cursor) => {
    expect(() => parseCursor(cursor, 1)).toThrow(expect.objectContaining({ code: 'ECS_REQUEST_INVALID' }));
  });
});
