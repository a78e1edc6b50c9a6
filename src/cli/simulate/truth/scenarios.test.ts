// The worlds are what they say they are, and the gate does in them what `npm run bench:gate` measures on twenty times as many.
import fc from 'fast-check';
import { emotionFeaturesOf } from '../../../affect/emotion-features-of.ts';
import { foldReadings, SUM_NAMES } from '../../../affect/fold-readings.ts';
import type { EmotionFeatures } from '../../../affect/index.ts';
import type { Reading } from '../../../affect/reading.ts';
import { DAY_MS, HOUR_MS } from '../../../lib/clock.ts';
import { createSeededRandom } from '../../../lib/seeded-random.ts';
import { EMOTION_BLOCK, emotionLogOdds, GATE_RULES, runGate } from '../../../model/index.ts';
import { computeMetrics } from '../../../model/metrics.ts';
import type { Mood } from '../mood-reading.ts';
import { BASE_SCORES, createBaseDraw, parseCells } from './base-scores.ts';
import { drawHistory } from './draw-history.ts';
import { createNormal } from './draw-normal.ts';
import { drawTruth } from './draw-truth.ts';
import { createFeelingDraw } from './feeling.ts';
import { SCENARIO_NAMES, SCENARIOS, type ScenarioName, type TruthScenario } from './scenario.ts';
import { nextTrueMood } from './true-mood.ts';

function momentsOf(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}

/** Mean difference of the measured block between bad and good, in standard deviations. */
function separationOf(scenario: TruthScenario, months?: readonly [number, number]): number {
  const history = drawHistory({ ...scenario, defaultsAMonth: 400 }, 11);
  const kinds: [number[], number[]] = [[], []];
  const perMonth = history.base.length / history.months.length;
  history.block.forEach((value, row) => {
    const month = Math.floor(row / perMonth);
    const counts = months === undefined || (month >= months[0] && month < months[1]);
    if (value !== 0 && counts) kinds[history.defaulted[row] ?? 0]?.push(value);
  });
  const [paid, bad] = kinds.map(momentsOf);
  return ((bad?.mean ?? 0) - (paid?.mean ?? 0)) / (paid?.deviation ?? Number.NaN);
}

describe('a history', () => {
  test.each<[ScenarioName, number]>([
    ['null', 0],
    ['weak', 0.1],
    ['plausible', 0.2],
    ['moderate', 0.3],
    ['psychometric', 0.5],
  ])('%s: who defaulted measured %d standard deviations worse', (name, separation) => {
    expect(Math.abs(separationOf(SCENARIOS[name]) - separation)).toBeLessThan(0.035);
  });

  test('drift: the sign turns after half a year', () => {
    expect(separationOf(SCENARIOS.drift, [0, 6])).toBeGreaterThan(0.2);
    expect(separationOf(SCENARIOS.drift, [6, 24])).toBeLessThan(-0.2);
  });

  test('the same seed gives the same history, another one another', () => {
    const draw = (seed: number) => drawHistory(SCENARIOS.gaming, seed, { months: 3 });
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1).base).not.toEqual(draw(2).base);
  });

  test('only who is calm shares', () => {
    const { block } = drawHistory(SCENARIOS['selective-consent'], 1, { months: 6 });
    const shared = block.filter((value) => value !== 0);
    expect(shared.length / block.length).toBeLessThan(0.6);
    expect(momentsOf([...shared]).mean).toBeLessThan(momentsOf([...drawHistory(SCENARIOS.moderate, 1).block]).mean);
  });
});

describe('the base scores', () => {
  const cells = BASE_SCORES.flatMap((text, late) => parseCells(text, late));

  test('are the 6,000 card holders the shipped scorecard never saw', () => {
    expect(cells.reduce((sum, { paid, defaulted }) => sum + paid + defaulted, 0)).toBe(6_000);
    expect(cells.reduce((sum, { defaulted }) => sum + defaulted, 0)).toBe(1_327);
  });

  test('rank as well as it did, drawn at any default rate', () => {
    const random = createSeededRandom(1);
    const draw = createBaseDraw(0.05);
    const into = { logOdds: 0, late: 0 };
    const target = Uint8Array.from({ length: 40_000 }, () => (random() < 0.05 ? 1 : 0));
    const scores = Float64Array.from(target, (bad) => {
      draw(bad === 1, random, into);
      return into.logOdds;
    });
    const { auc, calibrationSlope, calibrationIntercept } = computeMetrics(scores, target);
    expect(Math.abs(auc - 0.7757)).toBeLessThan(0.012);
    expect(Math.abs(calibrationSlope - 0.95)).toBeLessThan(0.1);
    expect(Math.abs(calibrationIntercept)).toBeLessThan(0.35);
  });
});

/** A person's events of five months through the affect room's own fold. */
function foldPerson(seed: number): number {
  const random = createSeededRandom(seed);
  const normal = createNormal(random);
  const dice = { uniform: random, normal };
  const truth = drawTruth(SCENARIOS.null, 'full', dice);
  const nowMs = Date.UTC(2026, 10, 1);
  const aDay = Math.exp(0.7 * normal());
  const inertia = 0.3 + 0.2 * random();
  const dueDay = Math.floor(30 * random());
  const readings: Reading[] = [];
  let mood: Mood = { ...truth.past, arousal: 0 };
  let timeMs = nowMs - 150 * DAY_MS;
  while (timeMs < nowMs) {
    const gapMs = Math.max((-Math.log(1 - random()) / aDay) * DAY_MS, HOUR_MS);
    timeMs += gapMs;
    mood = nextTrueMood(mood, { usual: truth.past, inertia, dueDay, timeMs, hoursSince: gapMs / HOUR_MS }, dice);
    if (timeMs < nowMs) readings.push({ ...mood, timeMs, weight: 0.9 });
  }
  return emotionLogOdds(EMOTION_BLOCK, foldToFeatures(readings, nowMs));
}

function foldToFeatures(readings: readonly Reading[], nowMs: number): EmotionFeatures | null {
  const folded = foldReadings(
    readings.map(() => 'a'),
    readings,
  ).get('a');
  if (folded === undefined) return null;
  const sums = (from: number) => {
    const [w = 0, w2 = 0, valence = 0, valence2 = 0, arousal = 0, stressW = 0, stress = 0] = folded.sums.subarray(from);
    return { w, w2, valence, valence2, arousal, stressW, stress, negative: 0, distressed: 0 };
  };
  const { readings: count, lastEventMs: lastEventAtMs } = folded;
  return emotionFeaturesOf(
    { readings: count, lastEventAtMs, recent: sums(0), longTerm: sums(SUM_NAMES.length) },
    nowMs,
  );
}

test('moods sent as events fold into the features that the histories draw', () => {
  const folded = momentsOf(Array.from({ length: 1_500 }, (_, seed) => foldPerson(seed)));
  const drawn = momentsOf([...drawHistory(SCENARIOS.null, 3).block].filter((value) => value !== 0));
  expect(Math.abs(folded.mean - drawn.mean)).toBeLessThan(0.02);
  expect(folded.deviation / drawn.deviation).toBeGreaterThan(0.88);
  expect(folded.deviation / drawn.deviation).toBeLessThan(1.12);
});

test('half of the variance of moods lies between people, and they have inertia', () => {
  const random = createSeededRandom(5);
  const normal = createNormal(random);
  const usual = { valence: 0.15, stress: 0.38 };
  const step = { usual, inertia: 0.4, dueDay: 15, timeMs: 0, hoursSince: 1 };
  const valences: number[] = [];
  let mood: Mood = { ...usual, arousal: 0 };
  for (let hour = 0; hour < 20_000; hour += 1) {
    mood = nextTrueMood(mood, step, { uniform: random, normal });
    valences.push(mood.valence);
  }
  const { mean, deviation } = momentsOf(valences);
  expect(deviation).toBeCloseTo(0.25, 1);
  const products = valences.slice(1).map((value, index) => (value - mean) * ((valences[index] ?? 0) - mean));
  expect(momentsOf(products).mean / deviation ** 2).toBeCloseTo(0.4, 1);
});

test('distress is one standard deviation of the block, whatever the rest', () => {
  const draw = createFeelingDraw(EMOTION_BLOCK);
  const wordOf = (distress: number, rest: number) => {
    const feeling = { valence: 0, stress: 0 };
    draw(distress, rest, feeling);
    return EMOTION_BLOCK.valenceWeight * -feeling.valence + (EMOTION_BLOCK.stressWeight * (feeling.stress - 0.5)) / 0.5;
  };
  const number = fc.double({ min: -0.5, max: 0.5, noNaN: true });
  fc.assert(
    fc.property(number, number, (distress, rest) => {
      expect(wordOf(distress, rest)).toBeCloseTo(wordOf(distress, 0), 9);
    }),
  );
  expect(wordOf(1, 0) - wordOf(0, 0)).toBeCloseTo(0.1, 1);
});

describe('the gate in fifty lenders of each kind', () => {
  const HISTORIES = 50;
  const shareOpened = (scenario: TruthScenario, histories = HISTORIES) => {
    let opened = 0;
    for (let seed = 0; seed < histories; seed += 1) {
      const { looks } = runGate(drawHistory(scenario, 50_000 + seed), GATE_RULES, { detail: false });
      if (looks.some((look) => look.change === 'opened')) opened += 1;
    }
    return opened / histories;
  };
  const biased = SCENARIOS['biased-sensor'];

  test.each<[string, TruthScenario]>([
    ['feelings tell nothing', SCENARIOS.null],
    ['feelings echo late payments', SCENARIOS.reverse],
    ['the sensor is off in a group', biased],
    ['the sensor is noisy in a group', { ...biased, sensorBias: 'noise' }],
  ])(
    'stays shut where %s',
    (_, scenario) => {
      expect(shareOpened(scenario)).toBe(0);
    },
    240_000,
  );

  test('opens where feelings tell as much as 0.30 standard deviations', () => {
    expect(shareOpened(SCENARIOS.moderate)).toBeGreaterThanOrEqual(0.95);
  }, 240_000);

  test('opens before the sign turns, and is shut within three months of it', () => {
    const flip = SCENARIOS.drift.flipsAtMonth ?? 0;
    for (let seed = 0; seed < 12; seed += 1) {
      const { looks } = runGate(drawHistory(SCENARIOS.drift, 60_000 + seed, { months: flip + 3 }), GATE_RULES, {
        detail: false,
      });
      expect(looks[flip - 1]?.state).toBe('open');
      expect(looks.slice(flip).some((look) => look.state === 'shut')).toBe(true);
    }
  }, 240_000);
});

test('every scenario has a name and says what it is', () => {
  expect(Object.keys(SCENARIOS).sort()).toEqual([...SCENARIO_NAMES].sort());
  for (const name of SCENARIO_NAMES) expect(SCENARIOS[name].says.length).toBeGreaterThan(10);
});
