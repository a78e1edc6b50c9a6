// Puts a person into a world whose truth is known: will this person default, and what has that to do with how it feels?
import { EMOTION_BLOCK } from '../../../model/index.ts';
import type { Discipline } from '../discipline.ts';
import { createFeelingDraw, type Feeling } from './feeling.ts';
import type { TruthScenario } from './scenario.ts';
import type { Dice } from './true-mood.ts';

export interface PersonTruth {
  readonly defaults: boolean;
  /** Sensors differ by it in some worlds; nothing else does, and no event tells it. */
  readonly group: 'a' | 'b';
  /** What is shown as usual in the half year before, and from now on. */
  readonly past: Feeling;
  readonly now: Feeling;
  /** From now on this person sends nothing but happy events. */
  readonly games: boolean;
  readonly shares: boolean;
}

const DEFAULTS: Readonly<Record<Discipline, number>> = { full: 0.02, minimum: 0.05, late: 0.25 };
const GROUP_B_SHARE = 0.3;
const OFFSET = 0.5;
const GAMING_SHARE = 0.4;

const drawFeeling = createFeelingDraw(EMOTION_BLOCK);

export function drawTruth(scenario: TruthScenario, discipline: Discipline, dice: Dice): PersonTruth {
  const { uniform, normal } = dice;
  const defaults = uniform() < DEFAULTS[discipline];
  const group = uniform() < GROUP_B_SHARE ? 'b' : 'a';
  const own = normal() + (discipline === 'late' ? scenario.distressPerLate : 0);
  const rest = normal();
  const apart = defaults ? scenario.separation : 0;
  const noise = normal();
  const usual = (distress: number): Feeling => {
    const feeling = { valence: 0, stress: 0 };
    drawFeeling(distress + misreading(scenario, group, noise), rest, feeling);
    return feeling;
  };
  return {
    defaults,
    group,
    past: usual(own + apart),
    now: usual(own + (scenario.flipsAtMonth === null ? apart : -apart)),
    games: scenario.gamingFromMonth !== null && uniform() < GAMING_SHARE,
    shares: !scenario.calmOnly || own + apart + 0.5 * normal() < 0,
  };
}

function misreading({ sensorBias }: TruthScenario, group: PersonTruth['group'], noise: number): number {
  if (group === 'a' || sensorBias === 'none') return 0;
  return sensorBias === 'offset' ? OFFSET : noise;
}
