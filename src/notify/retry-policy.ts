// When a failed webhook delivery is tried again, and when it is given up: the schedule of the Standard Webhooks
// specification, about three days, with jitter.
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../lib/clock.ts';

export interface RetryPolicy {
  /** Waits between attempts; the attempt after the last wait is the last one. */
  readonly delaysMs: readonly number[];
  /** Each wait is stretched or shrunk at random by up to this part of it. */
  readonly jitter: number;
  /** At a destination that is down, what has waited this long is given up, tried or not. */
  readonly giveUpAfterMs: number;
  /** The longest wait that a receiver may ask for with Retry-After. */
  readonly retryAfterMaxMs: number;
}

export const STANDARD_RETRY_POLICY: RetryPolicy = {
  delaysMs: [
    5 * SECOND_MS,
    5 * MINUTE_MS,
    30 * MINUTE_MS,
    2 * HOUR_MS,
    5 * HOUR_MS,
    10 * HOUR_MS,
    14 * HOUR_MS,
    20 * HOUR_MS,
    24 * HOUR_MS,
  ],
  jitter: 0.2,
  giveUpAfterMs: 3 * DAY_MS,
  retryAfterMaxMs: DAY_MS,
};

export interface FailedAttempt {
  /** Attempts so far, this one included. */
  readonly attempts: number;
  readonly retryAfterMs?: number | undefined;
}

/** The wait before the next attempt; null when there is none. `random` is in [0, 1). */
export function nextDelayMs(policy: RetryPolicy, failed: FailedAttempt, random: number): number | null {
  const base = policy.delaysMs[failed.attempts - 1];
  if (base === undefined) return null;
  const spread = base * (1 + policy.jitter * (2 * random - 1));
  return Math.round(Math.max(spread, Math.min(failed.retryAfterMs ?? 0, policy.retryAfterMaxMs)));
}
