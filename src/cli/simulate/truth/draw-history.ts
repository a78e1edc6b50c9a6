// Two years of a simulated lender's outcomes, as the evidence gate reads them: real base scores with their real defaults,
// and feelings by scenario, drawn as the monthly features that the affect room would have made of a person's events.
import { createSeededRandom } from '../../../lib/seeded-random.ts';
import { EMOTION_BLOCK, type EmotionInputs, emotionLogOdds, type GateOutcomes } from '../../../model/index.ts';
import { type BaseDraw, createBaseDraw } from './base-scores.ts';
import { createNormal } from './draw-normal.ts';
import { clamp, createFeelingDraw, type Feeling, USUAL_VARIABILITY } from './feeling.ts';
import type { TruthScenario } from './scenario.ts';

export const HISTORY_MONTHS = 24;
export const LENDER_RATE = 0.05;
/** Of every outcome; no customer has two. */
export const WINDOW_MONTHS = 12;
/** Group b; sensors differ in nothing else between the groups. */
const GROUP_B_SHARE = 0.3;
const SENSOR_OFFSET = 0.5;
/** Readings that weigh at half-life 30 days: one a day and more, or hardly any. */
const SAMPLES = { median: 86, logDeviation: 0.7, thinShare: 0.05, thin: 3 };
const FIRST_MONTH = 2024 * 12;

const drawBase = createBaseDraw(LENDER_RATE);
const drawFeeling = createFeelingDraw(EMOTION_BLOCK);

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface HistoryOptions {
  readonly months?: number;
  readonly firstMonth?: number;
  /** Told what was measured for each row, in order; null where nothing was shared. One object for all rows. */
  readonly onRow?: (features: EmotionInputs | null) => void;
}

/** The same seed gives the same history. */
export function drawHistory(
  scenario: TruthScenario,
  seed: number,
  { months = HISTORY_MONTHS, firstMonth = FIRST_MONTH, onRow }: HistoryOptions = {},
): GateOutcomes {
  const perMonth = Math.round(scenario.defaultsAMonth / LENDER_RATE);
  const history = makeRoom(firstMonth, months, perMonth);
  const random = createSeededRandom(seed);
  const normal = createNormal(random);
  const sense = createSense(normal, random);
  const base: BaseDraw = { logOdds: 0, late: 0 };
  for (let row = 0; row < months * perMonth; row += 1) {
    const month = Math.floor(row / perMonth);
    const defaulted = random() < LENDER_RATE;
    const groupB = random() < GROUP_B_SHARE;
    drawBase(defaulted, random, base);
    const felt = normal() + (defaulted ? separationAt(scenario, month) : 0) + scenario.distressPerLate * base.late;
    const shown = isGaming(scenario, month, base.logOdds, random) ? -1.8 + 0.5 * normal() : felt;
    history.base[row] = base.logOdds;
    history.late[row] = base.late;
    history.defaulted[row] = defaulted ? 1 : 0;
    history.group[row] = groupB ? 1 : 0;
    const shares = !scenario.calmOnly || felt + 0.5 * normal() < 0;
    const features = shares ? sense(misread(scenario, groupB, shown, normal)) : null;
    history.block[row] = emotionLogOdds(EMOTION_BLOCK, features);
    onRow?.(features);
  }
  return history;
}

function makeRoom(firstMonth: number, months: number, perMonth: number) {
  const rows = months * perMonth;
  return {
    months: Array.from({ length: months }, (_, month) => firstMonth + month),
    monthFrom: Int32Array.from({ length: months + 1 }, (_, month) => month * perMonth),
    base: new Float64Array(rows),
    block: new Float64Array(rows),
    defaulted: new Uint8Array(rows),
    late: new Uint8Array(rows),
    knowsLate: true,
    group: new Uint8Array(rows),
    groups: ['a', 'b'],
    beganMonth: months === 0 ? null : firstMonth - WINDOW_MONTHS,
    modelVersions: null,
  } satisfies GateOutcomes;
}

function separationAt({ separation, flipsAtMonth }: TruthScenario, month: number): number {
  return flipsAtMonth !== null && month >= flipsAtMonth ? -separation : separation;
}

function isGaming({ gamingFromMonth }: TruthScenario, month: number, base: number, random: () => number): boolean {
  if (gamingFromMonth === null || month < gamingFromMonth) return false;
  return random() < (base > -3 ? 0.6 : 0.3);
}

function misread({ sensorBias }: TruthScenario, groupB: boolean, distress: number, normal: () => number): number {
  if (!groupB || sensorBias === 'none') return distress;
  return sensorBias === 'offset' ? distress + SENSOR_OFFSET : distress + normal();
}

/** Distress -> what is measured. One object for all rows. */
function createSense(normal: () => number, random: () => number): (distress: number) => EmotionInputs {
  const feeling: Feeling = { valence: 0, stress: 0 };
  const features: Mutable<EmotionInputs> = {
    valence30: 0,
    stress30: 0,
    valenceVariability30: 0,
    effectiveSamples30: 0,
    lastEventAgeMs: 0,
    valence3: null,
    stress3: null,
    effectiveSamples3: 0,
  };
  return (distress) => {
    drawFeeling(distress, normal(), feeling);
    features.valence30 = feeling.valence;
    features.stress30 = feeling.stress;
    features.valenceVariability30 = clamp(USUAL_VARIABILITY.mean + USUAL_VARIABILITY.deviation * normal(), 0, 1);
    features.effectiveSamples30 =
      random() < SAMPLES.thinShare ? SAMPLES.thin : SAMPLES.median * Math.exp(SAMPLES.logDeviation * normal());
    return features;
  };
}
