import { judgeResponse, parseRetryAfter } from './judge-response.ts';

const NOW_MS = Date.parse('2026-11-22T09:30:00Z');
const judge = (status: number, retryAfter?: string) => judgeResponse({ status, retryAfter }, NOW_MS);

it.each([200, 201, 202, 204, 299])('takes %d as delivered', (status) => {
  expect(judge(status)).toEqual({ result: 'delivered' });
});

it('takes 410 as the end of the webhook', () => {
  expect(judge(410).result).toBe('gone');
});

it.each([
  [500, false],
  [400, false],
  [401, false],
  [404, false],
  [408, true],
  [429, true],
  [502, true],
  [503, true],
  [504, true],
  // Redirects would be the way around the check of the address.
  [301, true],
  [302, true],
  [307, true],
  [308, true],
  [304, true],
])('takes %d as failed; the destination as a whole in trouble: %p', (status, overloaded) => {
  expect(judge(status)).toMatchObject({ result: 'failed', overloaded, error: expect.stringContaining(String(status)) });
});

it.each([
  ['120', 120_000],
  [' 5 ', 5_000],
  ['0', undefined],
  ['-5', undefined],
  ['1.5', undefined],
  ['soon', undefined],
  ['', undefined],
  [undefined, undefined],
  ['Sun, 22 Nov 2026 09:31:00 GMT', 60_000],
  ['Sun, 22 Nov 2026 09:29:00 GMT', undefined],
])('reads Retry-After %p as %p ms', (text, expected) => {
  expect(parseRetryAfter(text, NOW_MS)).toBe(expected);
  expect(judge(503, text)).toMatchObject({ retryAfterMs: expected });
});
