import fc from 'fast-check';
import { DAY_MS, HOUR_MS } from '../lib/clock.ts';
import { nextDelayMs, type RetryPolicy, STANDARD_RETRY_POLICY } from './retry-policy.ts';

const policy: RetryPolicy = { delaysMs: [1_000, 60_000], jitter: 0.2, giveUpAfterMs: DAY_MS, retryAfterMaxMs: HOUR_MS };

describe('nextDelayMs', () => {
  it.each([
    // attempts, random, retryAfterMs, expected
    [1, 0.5, undefined, 1_000],
    [1, 0, undefined, 800],
    [1, 0.999_999, undefined, 1_200],
    [2, 0.5, undefined, 60_000],
    [3, 0.5, undefined, null],
    [99, 0.5, undefined, null],
    [1, 0.5, 5_000, 5_000],
    [1, 0.5, 10, 1_000],
    [1, 0.5, 10 * DAY_MS, HOUR_MS],
    // Asking to wait buys no further attempt.
    [3, 0.5, 5_000, null],
  ])('attempt %p with random %p and Retry-After %p waits %p', (attempts, random, retryAfterMs, expected) => {
    expect(nextDelayMs(policy, { attempts, retryAfterMs }, random)).toBe(expected);
  });

  it('ends for every delivery, within the days that are promised', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 0.999_999, noNaN: true }), { minLength: 20 }), (randoms) => {
        const delays = randoms.map((random, index) =>
          nextDelayMs(STANDARD_RETRY_POLICY, { attempts: index + 1 }, random),
        );
        const end = delays.indexOf(null);
        expect(end).toBe(STANDARD_RETRY_POLICY.delaysMs.length);
        const totalMs = delays.slice(0, end).reduce<number>((sum, delayMs) => sum + (delayMs ?? 0), 0);
        expect(totalMs).toBeGreaterThan(2.5 * DAY_MS);
        expect(totalMs).toBeLessThan(4 * DAY_MS);
      }),
    );
  });
});
