import fc from 'fast-check';
import { createSeededRandom } from '../../lib/seeded-random.ts';
import { createBaseRecalibration } from './base-recalibration.ts';
import { type GateOutcomes, type OutcomeRow, orderOutcomes } from './gate-outcomes.ts';
import { weighMonth } from './month-evidence.ts';

const LINE = { intercept: 0.2, slope: 0.9, late: [0, 0.3, 0.5] as const };

function drawRows(seed: number, count: number): OutcomeRow[] {
  const random = createSeededRandom(seed);
  return Array.from({ length: count }, () => {
    const base = -4 + 4 * random();
    return {
      month: 0,
      windowMonths: 12,
      modelVersion: '',
      base,
      block: 0.4 * random() - 0.2,
      defaulted: random() < 1 / (1 + Math.exp(-base)),
      late: Math.floor(3 * random()),
      group: random() < 0.5 ? 'a' : 'b',
    };
  });
}

const weigh = (rows: readonly OutcomeRow[]) => {
  const outcomes = orderOutcomes(rows, { knowsLate: true, hasGroups: true, hasModelVersions: false });
  return weighMonth(outcomes, 0, LINE, roomFor(outcomes));
};
const roomFor = ({ base }: GateOutcomes) => ({
  withoutBlock: new Float64Array(base.length),
  withBlock: new Float64Array(base.length),
});

test('what the block says about a whole group, or about everybody, is no evidence', () => {
  fc.assert(
    fc.property(fc.integer(), fc.double({ min: -0.1, max: 0.1, noNaN: true }), (seed, shift) => {
      const rows = drawRows(seed, 300);
      const moved = rows.map((row) => (row.group === 'b' ? { ...row, block: row.block + shift } : row));
      // One Newton step leaves a trace of the second order.
      expect(weigh(moved).gain).toBeCloseTo(weigh(rows).gain, 2);
    }),
    { numRuns: 50 },
  );
});

test('rows the block is silent about count for nothing', () => {
  const rows = drawRows(1, 300);
  const silent = drawRows(2, 100).map((row) => ({ ...row, block: 0 }));
  const { groups, ...with_ } = weigh([...rows, ...silent]);
  const { groups: without, ...others } = weigh(rows);
  expect(with_).toEqual(others);
  expect(groups.rows).toEqual(without.rows);
});

test('groups add up to the whole', () => {
  const { rows, defaults, gain, groups } = weigh(drawRows(3, 400));
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  expect([sum(groups.rows), sum(groups.defaults)]).toEqual([rows, defaults]);
  expect(sum(groups.gain)).toBeCloseTo(gain, 10);
  expect(sum(groups.offset)).toBeCloseTo(0, 9);
});

test('a block that knew it all gains, one that knew it the wrong way round loses as surely', () => {
  const rows = drawRows(4, 500);
  const knowing = rows.map((row) => ({ ...row, block: row.defaulted ? 0.2 : -0.2 }));
  expect(weigh(knowing).gain).toBeGreaterThan(1);
  expect(weigh(knowing.map((row) => ({ ...row, block: -row.block }))).gain).toBeLessThan(-1);
});

test('under no information the evidence is a fair bet or a worse one', () => {
  const wins = Array.from({ length: 400 }, (_, seed) => {
    const random = createSeededRandom(seed + 1_000);
    const rows = drawRows(seed, 200).map((row) => {
      const logOdds = LINE.intercept + LINE.slope * row.base + (LINE.late[row.late] ?? 0);
      return { ...row, defaulted: random() < 1 / (1 + Math.exp(-logOdds)) };
    });
    return Math.exp(weigh(rows).gain);
  });
  const mean = wins.reduce((sum, value) => sum + value, 0) / wins.length;
  const error = Math.sqrt(wins.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / wins.length;
  expect(mean).toBeLessThan(1 + 3 * error);
});

describe('recalibration of the base score', () => {
  test('finds level, slope and what being late adds', () => {
    const random = createSeededRandom(7);
    const recalibration = createBaseRecalibration(true);
    for (let row = 0; row < 60_000; row += 1) {
      const base = -4 + 4 * random();
      const late = Math.floor(3 * random());
      const logOdds = 0.5 + 0.8 * base + (late === 2 ? 0.7 : 0);
      recalibration.add(base, late, random() < 1 / (1 + Math.exp(-logOdds)) ? 1 : 0);
    }
    const { intercept, slope, late } = recalibration.fit();
    expect(intercept).toBeCloseTo(0.5, 0);
    expect(slope).toBeCloseTo(0.8, 1);
    expect(late[2] - late[0]).toBeCloseTo(0.7, 0);
    expect(late[1]).toBeCloseTo(0, 0);
  });

  test('takes the base score at its word where nothing is known', () => {
    expect(createBaseRecalibration(true).fit()).toEqual({ intercept: 0, slope: 1, late: [0, 0, 0] });
  });
});
