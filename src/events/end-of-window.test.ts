import fc from 'fast-check';
import { endOfWindow } from './end-of-window.ts';

const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);

test.each([
  ['2026-01-15T09:00:00Z', 1, '2026-02-15'],
  ['2026-01-31T00:00:00Z', 1, '2026-02-28'],
  ['2028-01-31T23:59:59Z', 1, '2028-02-29'],
  ['2026-12-31T00:00:00Z', 2, '2027-02-28'],
  ['2026-08-31T12:00:00Z', 60, '2031-08-31'],
])('%s and %d months: %s', (from, months, expected) => {
  expect(day(endOfWindow(Date.parse(from), months))).toBe(expected);
});

test('the month is so many months later, and the day is the same or the last of its month', () => {
  const instant = fc.date({ min: new Date('1971-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(instant, fc.integer({ min: 1, max: 60 }), (asOf, months) => {
      const end = new Date(endOfWindow(asOf.getTime(), months));
      const monthOf = (date: Date) => 12 * date.getUTCFullYear() + date.getUTCMonth();
      expect(monthOf(end) - monthOf(asOf)).toBe(months);
      const isLast = new Date(end.getTime() + 86_400_000).getUTCDate() === 1;
      expect(end.getUTCDate() === asOf.getUTCDate() || (isLast && end.getUTCDate() < asOf.getUTCDate())).toBe(true);
    }),
  );
});
