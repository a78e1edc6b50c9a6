import fc from 'fast-check';
import { combineLimits, type LimitPair } from './no-harm.ts';

const combine = (c: number | null, f: number | null, l0: number, l1: number, approved = true) => {
  const after = combineLimits({ limitMinor: c, financialLimitMinor: f }, approved, l0, l1);
  return [after.limitMinor, after.financialLimitMinor];
};

describe('the formula of the design, line by line', () => {
  test.each([
    // name, C, F, L0, L1 -> C', F'
    ['a new account: the better half', null, null, 100, 120, [120, 100]],
    ['a new account: mood takes nothing', null, null, 100, 80, [100, 100]],
    ['nothing moves', 100, 100, 100, 100, [100, 100]],
    ['mood raises', 100, 100, 100, 120, [120, 100]],
    ['mood gone, finances as they were: nothing falls', 120, 100, 100, 100, [120, 100]],
    ['mood gone, finances fell by 10: it falls by 10', 120, 100, 90, 90, [110, 90]],
    ['mood bad as well: it still falls only as far as the finances', 120, 100, 90, 40, [110, 90]],
    ['finances fell, mood holds it up', 120, 100, 90, 120, [120, 90]],
    ['finances fell while mood held it: once counted, not counted again', 120, 90, 90, 90, [120, 90]],
    ['finances better, but below what mood gave', 120, 100, 110, 110, [120, 100]],
    ['finances better than all', 120, 100, 150, 150, [150, 150]],
    ['mood withholds an increase, and no more', 100, 100, 125, 100, [100, 100]],
    ['mood halves an increase', 100, 100, 125, 110, [110, 125]],
    ['finances fell to nothing', 120, 100, 0, 0, [20, 0]],
  ] as const)('%s', (_name, c, f, l0, l1, after) => {
    expect(combine(c, f, l0, l1)).toEqual(after);
  });

  test('a refused new account stays without a limit, whatever the mood', () => {
    expect(combine(null, null, 0, 500, false)).toEqual([null, null]);
  });
});

/** What a customer lives through: finances (L0) and mood (L1) of one decision after the other. */
const history = fc.record({
  start: fc.nat(1_000),
  steps: fc.array(fc.tuple(fc.nat(1_000), fc.nat(1_000)), { minLength: 1, maxLength: 60 }),
});

function live(start: number, steps: readonly (readonly [number, number])[]): LimitPair[] {
  const states: LimitPair[] = [{ limitMinor: start, financialLimitMinor: start }];
  for (const [l0, l1] of steps) {
    states.push(combineLimits(states.at(-1) as LimitPair, true, l0, l1));
  }
  return states;
}

// The oracle knows the promise and nothing of the formula: no F, no floor.
describe('over any history of moods that rise and fall', () => {
  const check = (test: (before: number, after: number, l0Before: number, l0: number, lowestL0: number) => void) =>
    fc.assert(
      fc.property(history, ({ start, steps }) => {
        const limits = live(start, steps).map((state) => state.limitMinor as number);
        let lowest = start;
        steps.forEach(([l0], index) => {
          const l0Before = steps[index - 1]?.[0] ?? start;
          lowest = Math.min(lowest, l0);
          test(limits[index] as number, limits[index + 1] as number, l0Before, l0, lowest);
        });
      }),
      { numRuns: 3_000 },
    );

  test('while the finances have not fallen, the limit in force does not fall', () => {
    check((before, after, l0Before, l0) => {
      if (l0 >= l0Before) expect(after).toBeGreaterThanOrEqual(before);
    });
  });

  test('it never falls further than the finances fell', () => {
    check((before, after, l0Before, l0) => {
      expect(before - after).toBeLessThanOrEqual(Math.max(0, l0Before - l0));
    });
  });

  test('it never falls below the lower of itself and what the finances allow now', () => {
    check((before, after, _l0Before, l0) => {
      expect(after).toBeGreaterThanOrEqual(Math.min(before, l0));
    });
  });

  test('it never stands below the worst the finances ever were', () => {
    check((_before, after, _l0Before, _l0, lowest) => {
      expect(after).toBeGreaterThanOrEqual(lowest);
    });
  });

  test('with finances that never fall, any mood leaves at least what no mood would', () => {
    fc.assert(
      fc.property(history, ({ start, steps }) => {
        const rising = steps.map(([l0, l1], index): [number, number] => [start + index * 10 + (l0 % 10), l1]);
        const felt = live(start, rising);
        felt.forEach((state, index) => {
          if (index > 0) expect(state.limitMinor).toBeGreaterThanOrEqual(felt[index - 1]?.limitMinor as number);
          expect(state.limitMinor).toBeGreaterThanOrEqual(start);
        });
      }),
    );
  });
});
