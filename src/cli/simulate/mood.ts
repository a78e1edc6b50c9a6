// How a simulated mood moves: pulled back to the person's usual self, with inertia, and heavier falls than rises.
import type { SeededRandom } from '../../lib/seeded-random.ts';
import type { Person } from './person.ts';

export interface Mood {
  readonly valence: number;
  readonly arousal: number;
  readonly stress: number;
}

export function usualMood(person: Person): Mood {
  return { valence: person.valenceMean, arousal: 0, stress: person.stressMean };
}

export function nextMood(person: Person, mood: Mood, random: SeededRandom): Mood {
  const shock = random() < 0.06 ? -0.6 * random() : 0;
  const pull = 1 - person.inertia;
  const swing = (width: number) => width * (random() + random() - 1);
  return {
    valence: clamp(mood.valence + pull * (person.valenceMean - mood.valence) + swing(0.35) + shock, -1, 1),
    arousal: clamp(0.5 * mood.arousal + swing(0.5) - 0.5 * shock, -1, 1),
    stress: clamp(mood.stress + pull * (person.stressMean - mood.stress) + swing(0.25) - 0.8 * shock, 0, 1),
  };
}

function clamp(value: number, low: number, high: number): number {
  return Math.round(Math.min(high, Math.max(low, value)) * 1000) / 1000;
}
