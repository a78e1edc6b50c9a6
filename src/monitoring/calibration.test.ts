import { createSeededRandom } from '../lib/seeded-random.ts';
import { fitCalibration } from '../model/metrics.ts';
import { chanceOf, measureCalibration } from './calibration.ts';

function draw(seed: number, rows: number, slope: number, intercept: number) {
  const random = createSeededRandom(seed);
  const logOdds = Array.from({ length: rows }, () => -2 + 3 * (random() - 0.5));
  return { logOdds, defaulted: logOdds.map((z) => random() < chanceOf(intercept + slope * z)) };
}

test("slope and intercept are the trainer's own", () => {
  const { logOdds, defaulted } = draw(1, 3_000, 1.3, 0.4);
  const { slope, intercept } = measureCalibration(logOdds, defaulted);
  const own = fitCalibration(
    Float64Array.from(logOdds),
    Uint8Array.from(defaulted, (bad) => (bad ? 1 : 0)),
  );
  expect(slope?.estimate).toBeCloseTo(own.slope, 8);
  expect(intercept?.estimate).toBeCloseTo(own.intercept, 8);
});

test.each([
  [1, 0],
  [0.7, -0.5],
])('drawn with slope %d and intercept %d: every interval holds the truth about 95 times in 100', (slope, intercept) => {
  const runs = 300;
  const held = { slope: 0, intercept: 0, ratio: 0 };
  for (let run = 0; run < runs; run += 1) {
    const { logOdds, defaulted } = draw(run + 1, 500, slope, intercept);
    const found = measureCalibration(logOdds, defaulted);
    const truth =
      logOdds.reduce((sum, z) => sum + chanceOf(intercept + slope * z), 0) /
      logOdds.reduce((sum, z) => sum + chanceOf(z), 0);
    const holds = ({ low, high }: { low: number; high: number }, value: number) => low <= value && value <= high;
    if (found.slope !== null && holds(found.slope, slope)) held.slope += 1;
    if (found.intercept !== null && holds(found.intercept, intercept)) held.intercept += 1;
    if (holds(found.observedToExpected, truth)) held.ratio += 1;
  }
  for (const count of Object.values(held)) expect(count / runs).toBeGreaterThan(0.92);
});

test('one class, one score, or classes that part without overlap have no line', () => {
  expect(measureCalibration([-1, -2], [false, false])).toMatchObject({ slope: null, intercept: null });
  expect(measureCalibration([-1, -1, -1], [true, false, false]).slope).toBeNull();
  expect(measureCalibration([1, 2, -1, -2], [true, true, false, false]).slope).toBeNull();
  const { observedToExpected, observedRate } = measureCalibration([-1, -2], [false, false]);
  expect(observedToExpected).toMatchObject({ estimate: 0, low: 0 });
  expect(observedRate.high).toBeGreaterThan(0.5);
});

test('rows that repeat each other widen the intervals', () => {
  const { logOdds, defaulted } = draw(3, 400, 1, 0);
  const once = measureCalibration(logOdds, defaulted);
  const twice = measureCalibration([...logOdds, ...logOdds], [...defaulted, ...defaulted], 2);
  expect(twice.slope?.high).toBeCloseTo(once.slope?.high ?? 0, 8);
  expect(twice.observedToExpected.low).toBeCloseTo(once.observedToExpected.low, 8);
});
