// How a mood moves in the worlds whose truth is known: around the person's own usual self, with inertia from one hour to
// the next, and with heavier-tailed falls around the day the card is due. Half of the variance is between people.
import { DAY_MS } from '../../../lib/clock.ts';
import type { Mood } from '../mood-reading.ts';
import { clamp, type Feeling } from './feeling.ts';

/** Standard deviations within a person. */
const WITHIN = { valence: 0.25, stress: 0.15 };
const DUE_DAYS = 2;
const SHOCK = { share: 0.25, valence: 0.35, stress: 0.2 };
/** Months of 30 days from 1970 on: due dates need to come back, not to be a calendar's. */
const MONTH_DAYS = 30;

export interface MoodStep {
  readonly usual: Feeling;
  /** How much of a mood is left after an hour, 0.3 to 0.5. */
  readonly inertia: number;
  /** 0 to 29. */
  readonly dueDay: number;
  readonly timeMs: number;
  readonly hoursSince: number;
}

export interface Dice {
  readonly uniform: () => number;
  readonly normal: () => number;
}

export function nextTrueMood(mood: Mood, step: MoodStep, { uniform, normal }: Dice): Mood {
  const { usual, inertia, hoursSince } = step;
  const kept = Math.exp(hoursSince * Math.log(inertia));
  const fresh = Math.sqrt(1 - kept * kept);
  const both = normal();
  const shock = isAroundDue(step) && uniform() < SHOCK.share ? -Math.log(1 - uniform()) : 0;
  const valence = usual.valence + kept * (mood.valence - usual.valence) + WITHIN.valence * fresh * both;
  const stress =
    usual.stress + kept * (mood.stress - usual.stress) + WITHIN.stress * fresh * (0.8 * normal() - 0.6 * both);
  return {
    valence: round(clamp(valence - SHOCK.valence * shock, -1, 1)),
    arousal: round(clamp(0.3 * normal() + 0.3 * shock, -1, 1)),
    stress: round(clamp(stress + SHOCK.stress * shock, 0, 1)),
  };
}

function isAroundDue({ dueDay, timeMs }: MoodStep): boolean {
  const day = Math.floor(timeMs / DAY_MS) % MONTH_DAYS;
  const apart = Math.abs(day - dueDay);
  return Math.min(apart, MONTH_DAYS - apart) <= DUE_DAYS;
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
