// The invented people of demonstrations and load runs: who they are, how they handle money, how their mood moves.
// Everything follows from a seed, so that a run can be had again.
import type { SeededRandom } from '../../lib/seeded-random.ts';
import type { Discipline } from './discipline.ts';
import type { PersonTruth } from './truth/draw-truth.ts';

export interface Person {
  readonly customerId: string;
  readonly name: string;
  readonly currency: string;
  readonly jurisdiction: string | null;
  /** A month. */
  readonly incomeMinor: number;
  /** 1 to 28. */
  readonly payDay: number;
  readonly limitMinor: number;
  /** Came with a credit account; somebody without one is decided upon as an applicant. */
  readonly holdsCredit: boolean;
  /** Share of the income that goes over the card each month. */
  readonly spendShare: number;
  readonly discipline: Discipline;
  /** Usual valence, -1 to 1. */
  readonly valenceMean: number;
  /** Usual stress, 0 to 1. */
  readonly stressMean: number;
  /** How much of the last mood stays in the next, 0 to 1. */
  readonly inertia: number;
  readonly consents: { readonly emotions: boolean; readonly thoughts: boolean };
  /** In a world whose truth is known; else the mood moves as in any demonstration. */
  readonly truth?: PersonTruth;
}

const NAMES = [
  'ana',
  'bruno',
  'chen',
  'dalia',
  'emeka',
  'freya',
  'goran',
  'hana',
  'ines',
  'jonas',
  'kofi',
  'lucia',
  'mateo',
  'nadia',
  'omar',
  'priya',
  'quinn',
  'rosa',
  'samir',
  'tove',
  'uma',
  'viktor',
  'wanja',
  'yuki',
];

/** The people the documents tell about; everybody after them is drawn. */
function storyOf(index: number): Partial<Person> {
  if (index === 0)
    return {
      discipline: 'full',
      valenceMean: 0.45,
      stressMean: 0.15,
      spendShare: 0.35,
      consents: { emotions: true, thoughts: true },
    };
  if (index === 1)
    return {
      discipline: 'late',
      valenceMean: -0.2,
      stressMean: 0.55,
      spendShare: 0.8,
      consents: { emotions: true, thoughts: false },
    };
  if (index === 2) return { discipline: 'full', consents: { emotions: false, thoughts: false } };
  if (index === 3) return { holdsCredit: false, consents: { emotions: true, thoughts: false } };
  return {};
}

function drawDiscipline(random: SeededRandom): Discipline {
  const drawn = random();
  if (drawn < 0.5) return 'full';
  return drawn < 0.8 ? 'minimum' : 'late';
}

/** `unitMinor`: the reference unit of the model in this currency, about the median credit limit. */
export function drawPerson(
  index: number,
  options: { prefix: string; currency: string; unitMinor: number },
  random: SeededRandom,
): Person {
  const incomeMinor = roundTo(options.unitMinor * (0.35 + 1.1 * random()), 1_000);
  const name = NAMES[index % NAMES.length] ?? 'someone';
  const round = Math.floor(index / NAMES.length);
  return {
    customerId: `${options.prefix}${name}${round === 0 ? '' : `-${round + 1}`}`,
    name: `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    currency: options.currency,
    jurisdiction: null,
    incomeMinor,
    payDay: 1 + Math.floor(28 * random()),
    limitMinor: roundTo(incomeMinor * (0.8 + 2.4 * random()), 10_000),
    holdsCredit: true,
    spendShare: 0.2 + 0.5 * random(),
    discipline: drawDiscipline(random),
    valenceMean: -0.3 + 0.8 * random(),
    stressMean: 0.1 + 0.5 * random(),
    inertia: 0.3 + 0.2 * random(),
    consents: { emotions: random() < 0.8, thoughts: random() < 0.6 },
    ...storyOf(index),
  };
}

function roundTo(amountMinor: number, stepMinor: number): number {
  return Math.max(stepMinor, Math.round(amountMinor / stepMinor) * stepMinor);
}
