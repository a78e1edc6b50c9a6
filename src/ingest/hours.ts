// Hours since 1970: the drawers in which copies of emotions and thoughts are looked for.
import { HOUR_MS } from '../lib/clock.ts';

export function hourOf(timeMs: number): number {
  return Math.floor(timeMs / HOUR_MS);
}

export function hourToDate(hour: number): Date {
  return new Date(hour * HOUR_MS);
}

/** The first hour whose fingerprints are still needed: whatever is older would be refused as too late. */
export function firstHourNeeded(acceptedAtMs: number, horizonMs: number): number {
  return hourOf(acceptedAtMs - horizonMs - HOUR_MS);
}
