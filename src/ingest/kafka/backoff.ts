// Growing, jittered pauses between attempts.

export interface BackoffLimits {
  readonly baseMs: number;
  readonly maxMs: number;
}

/** `attempt` counts from 0; half of the pause is chance, so that many who wait do not come back together. */
export function backoffMs(attempt: number, { baseMs, maxMs }: BackoffLimits, random: () => number): number {
  const fullMs = Math.min(maxMs, baseMs * 2 ** Math.min(attempt, 20));
  return Math.ceil(fullMs / 2 + (random() * fullMs) / 2);
}
