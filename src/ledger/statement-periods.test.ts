import { describe, expect, test } from '@jest/globals';
import { addMonths, monthStartOf } from './months.ts';
import { listEndedPeriods, PERIODS_PER_RUN_MAX } from './statement-periods.ts';

const at = (text: string) => Date.parse(`${text}Z`);

describe('months in UTC', () => {
  test.each([
    ['2026-11-22T09:30', '2026-11-01T00:00'],
    ['2026-11-01T00:00', '2026-11-01T00:00'],
    ['2026-10-31T23:59:59.999', '2026-10-01T00:00'],
    ['1970-01-01T00:00', '1970-01-01T00:00'],
  ])('%s is in the month of %s', (time, start) => {
    expect(monthStartOf(at(time))).toBe(at(start));
  });

  test.each([
    ['2026-01-31T12:00', 1, '2026-02-01T00:00'],
    ['2026-12-05T00:00', 1, '2027-01-01T00:00'],
    ['2026-02-28T00:00', -3, '2025-11-01T00:00'],
  ])('%s and %d months', (time, months, start) => {
    expect(addMonths(at(time), months)).toBe(at(start));
  });
});

describe('listEndedPeriods', () => {
  const list = (open: string, until: string, unpostedFromMs: number | null = null) =>
    listEndedPeriods({ customerId: 'a', openPeriodAtMs: at(open), unpostedFromMs }, at(until));

  test('nothing while the open month runs', () => {
    expect(list('2026-11-01T00:00', '2026-11-01T00:00')).toEqual([]);
  });

  test('the first period takes what came late, the next begin where one ended', () => {
    expect(list('2026-11-01T00:00', '2027-01-01T00:00', at('2026-09-30T12:00'))).toEqual([
      { customerId: 'a', fromMs: at('2026-09-30T12:00'), closedAtMs: at('2026-12-01T00:00') },
      { customerId: 'a', fromMs: at('2026-12-01T00:00'), closedAtMs: at('2027-01-01T00:00') },
    ]);
  });

  test.each([
    ['nothing', null],
    ['nothing from before it', at('2026-11-05T00:00')],
  ])('the first period begins with its month where %s is late', (_, unpostedFromMs) => {
    expect(list('2026-11-01T00:00', '2026-12-01T00:00', unpostedFromMs)).toEqual([
      { customerId: 'a', fromMs: at('2026-11-01T00:00'), closedAtMs: at('2026-12-01T00:00') },
    ]);
  });

  test('at most two years a run', () => {
    const periods = list('2020-01-01T00:00', '2026-01-01T00:00');
    expect(periods).toHaveLength(PERIODS_PER_RUN_MAX);
    expect(periods.at(-1)?.closedAtMs).toBe(at('2022-01-01T00:00'));
  });
});
