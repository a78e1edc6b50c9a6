// How a simulated mood moves: pulled back to the person's usual self, with inertia, and heavier falls than rises.
import type { SeededRandom } from '../../lib/seeded-random.ts';
import type { Mood } from './mood-reading.ts';
import type { Person } from './person.ts';
import { createNormal } from './truth/draw-normal.ts';
import type { PersonTruth } from './truth/draw-truth.ts';
import { nextTrueMood } from './truth/true-mood.ts';

export function usualMood(person: Person): Mood {
  return { valence: person.valenceMean, arousal: 0, stress: person.stressMean };
}

/** When the next mood is felt, how long after the last one, and whether it belongs to what people bring along. */
export interface MoodTime {
  readonly timeMs: number;
  readonly hoursSince: number;
  readonly past: boolean;
}

const HAPPY: Mood = { valence: 0.9, arousal: 0.2, stress: 0.05 };

export function nextMood(person: Person, mood: Mood, random: SeededRandom, time: MoodTime): Mood {
  if (person.truth !== undefined) return nextInTruth(person, person.truth, mood, random, time);
  const shock = random() < 0.06 ? -0.6 * random() : 0;
  const pull = 1 - person.inertia;
  const swing = (width: number) => width * (random() + random() - 1);
  return {
    valence: clamp(mood.valence + pull * (person.valenceMean - mood.valence) + swing(0.35) + shock, -1, 1),
    arousal: clamp(0.5 * mood.arousal + swing(0.5) - 0.5 * shock, -1, 1),
    stress: clamp(mood.stress + pull * (person.stressMean - mood.stress) + swing(0.25) - 0.8 * shock, 0, 1),
  };
}

function nextInTruth(person: Person, truth: PersonTruth, mood: Mood, random: SeededRandom, time: MoodTime): Mood {
  if (truth.games && !time.past) return HAPPY;
  const { timeMs, hoursSince, past } = time;
  const usual = past ? truth.past : truth.now;
  const step = { usual, inertia: person.inertia, dueDay: person.payDay, timeMs, hoursSince };
  return nextTrueMood(mood, step, { uniform: random, normal: createNormal(random) });
}

function clamp(value: number, low: number, high: number): number {
  return Math.round(Math.min(high, Math.max(low, value)) * 1000) / 1000;
}
