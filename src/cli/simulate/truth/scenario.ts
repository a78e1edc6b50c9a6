// Worlds in which it is known what feelings have to do with defaults, so that the evidence gate, and everything else that
// learns from outcomes, can be held to the truth.

/** `offset`, `noise`: in group b the sensor reads half a step too much distress, or as much noise as signal. */
export type SensorBias = 'none' | 'offset' | 'noise';

export interface TruthScenario {
  readonly says: string;
  /** Mean difference of measured distress between those who default and those who do not, in standard deviations. */
  readonly separation: number;
  /** From this month on (counted from 0) the difference has the other sign; null: never. */
  readonly flipsAtMonth: number | null;
  /** By how many standard deviations one month of being late raises distress. */
  readonly distressPerLate: number;
  readonly sensorBias: SensorBias;
  /** Only who is calm shares feelings. */
  readonly calmOnly: boolean;
  /** From this month on customers send happy events, risky ones more often; null: never. */
  readonly gamingFromMonth: number | null;
  readonly defaultsAMonth: number;
}

const WORLD: TruthScenario = {
  says: '',
  separation: 0,
  flipsAtMonth: null,
  distressPerLate: 0,
  sensorBias: 'none',
  calmOnly: false,
  gamingFromMonth: null,
  defaultsAMonth: 1_000 / 24,
};

export const SCENARIO_NAMES = [
  'null',
  'weak',
  'plausible',
  'moderate',
  'psychometric',
  'reverse',
  'drift',
  'biased-sensor',
  'selective-consent',
  'gaming',
] as const;
export type ScenarioName = (typeof SCENARIO_NAMES)[number];

export const SCENARIOS: Readonly<Record<ScenarioName, TruthScenario>> = {
  null: { ...WORLD, says: 'feelings tell nothing about defaults' },
  weak: { ...WORLD, separation: 0.1, says: 'those who default felt 0.10 standard deviations worse' },
  plausible: { ...WORLD, separation: 0.2, says: 'those who default felt 0.20 standard deviations worse' },
  moderate: { ...WORLD, separation: 0.3, says: 'those who default felt 0.30 standard deviations worse' },
  psychometric: { ...WORLD, separation: 0.5, says: 'as strong as psychometric tests, 0.50 standard deviations' },
  reverse: {
    ...WORLD,
    distressPerLate: 0.5,
    says: 'people feel bad because they are late; the ledger knows that already',
  },
  drift: {
    ...WORLD,
    separation: 0.3,
    flipsAtMonth: 6,
    defaultsAMonth: 150,
    says: 'moderate for six months, then the sign flips',
  },
  'biased-sensor': {
    ...WORLD,
    separation: 0.3,
    sensorBias: 'offset',
    says: 'moderate, but the sensor is off in one group',
  },
  'selective-consent': {
    ...WORLD,
    separation: 0.3,
    calmOnly: true,
    defaultsAMonth: 100,
    says: 'moderate, but only who is calm shares',
  },
  gaming: {
    ...WORLD,
    separation: 0.3,
    gamingFromMonth: 6,
    says: 'moderate, but after half a year people send happy events',
  },
};
