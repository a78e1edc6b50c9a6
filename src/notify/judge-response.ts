// What a receiver's answer to a webhook means.
import type { DeliveryOutcome } from './delivery.ts';

export interface WebhookResponse {
  readonly status: number;
  /** The Retry-After header, where there is one. */
  readonly retryAfter: string | undefined;
}

// These speak of the receiver as a whole; other refusals may be about the one event.
const OVERLOAD_STATUSES: ReadonlySet<number> = new Set([408, 425, 429, 502, 503, 504]);

export function judgeResponse(response: WebhookResponse, nowMs: number): DeliveryOutcome {
  const { status } = response;
  if (status >= 200 && status < 300) return { result: 'delivered' };
  if (status === 410) return { result: 'gone', error: 'the receiver answered 410 Gone' };
  const redirected = status >= 300 && status < 400;
  return {
    result: 'failed',
    error: `the receiver answered ${status}${redirected ? '; redirects are not followed' : ''}`,
    overloaded: redirected || OVERLOAD_STATUSES.has(status),
    retryAfterMs: parseRetryAfter(response.retryAfter, nowMs),
  };
}

/** Seconds or an HTTP date; undefined when it is neither, or past. */
export function parseRetryAfter(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  const waitMs = /^\d{1,9}$/.test(text.trim()) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  return waitMs > 0 ? waitMs : undefined;
}
