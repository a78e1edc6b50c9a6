// Windows are chosen by dates and ids only, never twice at a time, and stay chosen when more come in.
import fc from 'fast-check';
import { createWindowChooser, type Window } from './create-window-chooser.ts';

const MONTHS = 40;
const startOf = (month: number) => Date.UTC(2023, month, 1);

function windowsOf(customerId: string, months: readonly number[], windowMonths: number): Window[] {
  return months.map((month) => ({ customerId, asOfMs: startOf(month), endMs: startOf(month + windowMonths) }));
}
const everyMonth = Array.from({ length: MONTHS }, (_, month) => month);
const choose = (windows: readonly Window[], windowMonths: number, staggered = false) =>
  windows.filter(createWindowChooser({ windowMonths, staggered })).map(({ asOfMs }) => asOfMs);

test.each<[string, number[], number, number[]]>([
  ['every month, a year each', everyMonth, 12, [0, 12, 24, 36]],
  ['every month, a month each', [0, 1, 2], 1, [0, 1, 2]],
  ['a late start', [5, 6, 17, 18], 12, [5, 17]],
  ['one', [3], 12, [3]],
])('%s', (_, months, windowMonths, expected) => {
  expect(choose(windowsOf('a', months, windowMonths), windowMonths)).toEqual(expected.map(startOf));
});

test('one customer does not stand in the way of the next', () => {
  const windows = [...windowsOf('a', [0], 12), ...windowsOf('b', [3, 4], 12)];
  expect(choose(windows, 12)).toEqual([startOf(0), startOf(3)]);
});

test('chosen windows never overlap, and more windows afterwards unchoose none', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: MONTHS }), { minLength: 1 }),
      fc.integer({ min: 1, max: 24 }),
      fc.boolean(),
      (drawn, windowMonths, staggered) => {
        const months = drawn.sort((one, other) => one - other);
        const chosen = choose(windowsOf('a', months, windowMonths), windowMonths, staggered);
        chosen.slice(1).forEach((asOfMs, place) => {
          const before = new Date(chosen[place] ?? 0);
          expect(asOfMs).toBeGreaterThanOrEqual(
            Date.UTC(before.getUTCFullYear(), before.getUTCMonth() + windowMonths, 1),
          );
        });
        const earlier = choose(windowsOf('a', months.slice(0, -1), windowMonths), windowMonths, staggered);
        expect(chosen.slice(0, earlier.length)).toEqual(earlier);
      },
    ),
  );
});

test('staggered, each month begins the windows of about a twelfth, a year apart for each', () => {
  const counts = new Map<number, number>();
  for (let customer = 0; customer < 1_200; customer += 1) {
    const chosen = choose(windowsOf(`customer-${customer}`, everyMonth.slice(0, 24), 12), 12, true);
    expect(chosen).toHaveLength(2);
    for (const asOfMs of chosen) counts.set(asOfMs, (counts.get(asOfMs) ?? 0) + 1);
  }
  expect(counts.size).toBe(24);
  expect(Math.min(...counts.values())).toBeGreaterThan(60);
  expect(Math.max(...counts.values())).toBeLessThan(150);
});
