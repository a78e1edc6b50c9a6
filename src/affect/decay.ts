// How readings lose weight with age, and the landmark days that the sums are kept relative to. Relative to a fixed day
// a reading's weight never changes, so adding is all a fold ever does.
import { DAY_MS } from '../lib/clock.ts';

/** What care rules look at. */
export const RECENT_HALF_LIFE_DAYS = 3;
/** What the risk model looks at. */
export const LONG_TERM_HALF_LIFE_DAYS = 30;

/** Landmarks are this far apart: weights stay below 2^86 and the sums are rescaled once in a good eight months. */
export const LANDMARK_DAYS = 256;

/** Older than this many half-lives is nothing at all: factors stay far from underflow, which PostgreSQL refuses. */
export const FORGOTTEN_HALF_LIVES = 100;

/** The last landmark, in days since 1970, at or before an instant. */
export function landmarkDayOf(timeMs: number): number {
  return Math.floor(timeMs / (DAY_MS * LANDMARK_DAYS)) * LANDMARK_DAYS;
}

/** 2^(days / half-life): the weight of something that lies `days` after the landmark (negative: before it). */
export function decayFactor(days: number, halfLifeDays: number): number {
  const halfLives = days / halfLifeDays;
  return halfLives < -FORGOTTEN_HALF_LIVES ? 0 : 2 ** halfLives;
}
