import fc from 'fast-check';
import { createSeededRandom } from '../../lib/seeded-random.ts';
import { findThreshold, listApprovals } from './approval-ratios.ts';
import { type FairnessInput, reportFairness } from './fairness-report.ts';
import { groupOf, parseGroupColumns } from './group-column.ts';
import { groupRows } from './group-rows.ts';
import { binRows, measureProxy } from './proxy-model.ts';
import { renderFairness } from './render-fairness.ts';

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

interface World {
  readonly rows: number;
  /** Added to the log-odds that group b is thought to have, and to those it has. */
  readonly thought?: number;
  readonly true?: number;
  /** How much one of two features says about the group. */
  readonly betrayal?: number;
  readonly smallGroup?: number;
}

function draw({ rows, thought = 0, true: truth = thought, betrayal = 0, smallGroup = 0 }: World): FairnessInput {
  const random = createSeededRandom(17);
  const groups = Array.from({ length: rows }, (_, row) => (row < smallGroup ? 'c' : random() < 0.4 ? 'b' : 'a'));
  const base = groups.map(() => -1.5 + 3 * (random() - 0.5));
  const logOdds = base.map((z, row) => z + (groups[row] === 'b' ? thought : 0));
  const defaulted = base.map((z, row) => random() < sigmoid(z + (groups[row] === 'b' ? truth : 0)));
  const features = groups.map((group) =>
    Float64Array.of(random(), random() + (group === 'b' ? betrayal : 0), random() < 0.1 ? Number.NaN : random()),
  );
  const columns = [{ column: 'G', groups }];
  return { logOdds, defaulted, cutoffs: [0.5, 0.9], columns, proxy: { features, columns } };
}

const audit = (world: World) => reportFairness(draw(world)).columns[0] ?? raise();
function raise(): never {
  throw new Error('no column');
}

describe('approvals', () => {
  test('the threshold approves the wanted share, and ties together', () => {
    const logOdds = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(logOdds, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (values, cutoff) => {
        const threshold = findThreshold(values, cutoff);
        const approved = values.filter((value) => value <= threshold).length;
        expect(approved).toBeGreaterThanOrEqual(cutoff * values.length - 1e-9);
        expect(values.filter((value) => value < threshold).length).toBeLessThan(cutoff * values.length);
      }),
    );
  });

  test('shares, ratio and errors are those one counts by hand', () => {
    const logOdds = Array.from({ length: 400 }, (_, row) => (row % 2 === 0 ? row / 400 : row / 200));
    const names = logOdds.map((_, row) => (row % 2 === 0 ? 'even' : 'odd'));
    const defaulted = logOdds.map((_, row) => row % 5 === 0);
    const lines = listApprovals({ logOdds, defaulted }, groupRows(names), 0.5);
    const threshold = findThreshold(logOdds, 0.5);
    const count = (holds: (row: number) => boolean) => logOdds.filter((_, row) => holds(row)).length;
    const [even, odd] = lines;
    const evens = count((row) => row % 2 === 0 && (logOdds[row] ?? 9) <= threshold) / 200;
    const odds = count((row) => row % 2 === 1 && (logOdds[row] ?? 9) <= threshold) / 200;
    expect(even).toMatchObject({ group: 'even', isReference: true, ratio: null });
    expect(even?.approved.estimate).toBeCloseTo(evens, 12);
    expect(odd?.ratio?.estimate).toBeCloseTo(odds / evens, 12);
    const badOdds = count((row) => row % 10 === 5);
    const badOddsApproved = count((row) => row % 10 === 5 && (logOdds[row] ?? 9) <= threshold);
    expect(odd?.badsApproved?.estimate).toBeCloseTo(badOddsApproved / badOdds, 12);
    expect(odd?.goodsRefused?.estimate).toBeCloseTo(
      count((row) => row % 2 === 1 && row % 10 !== 5 && (logOdds[row] ?? 0) > threshold) / (200 - badOdds),
      12,
    );
  });

  test.each<[string, World, string]>([
    ['alike', { rows: 6_000 }, 'above_four_fifths'],
    ['much riskier', { rows: 6_000, thought: 1 }, 'below_four_fifths'],
    ['few rows, a little riskier', { rows: 300, thought: 0.2 }, 'may_be_below'],
  ])('%s: %s', (_, world, finding) => {
    const lines = audit(world).approvals.filter((line) => line.cutoff === 0.5 && !line.isReference);
    expect(lines.map((line) => line.finding)).toEqual([finding]);
  });

  test('a small group is shown and not judged, nor is anybody held against it', () => {
    const { approvals, calibrations, verdicts } = audit({ rows: 6_000, smallGroup: 60 });
    expect(approvals.filter((line) => line.group === 'c')).toMatchObject([
      { finding: 'too_few', ratio: null, isReference: false },
      { finding: 'too_few', ratio: null, isReference: false },
    ]);
    expect(calibrations.find((line) => line.group === 'c')?.finding).toBe('too_few');
    expect(verdicts.at(-1)).toBe('G: too few rows to judge c.');
  });
});

test.each<[string, World, string]>([
  ['true risks', { rows: 6_000, thought: 0.5 }, 'as_expected'],
  ['risk that is not seen', { rows: 6_000, thought: 0, true: 0.4 }, 'worse_than_expected'],
  ['risk that is not there', { rows: 6_000, thought: 0.4, true: 0 }, 'better_than_expected'],
])('calibration, %s: %s', (_, world, finding) => {
  expect(audit(world).calibrations.find((line) => line.group === 'b')?.finding).toBe(finding);
});

describe('what features give away', () => {
  const measure = (world: World) => {
    const { proxy } = draw(world);
    const member = Uint8Array.from(proxy.columns[0]?.groups ?? [], (group) => (group === 'b' ? 1 : 0));
    return measureProxy(binRows(proxy.features), member);
  };

  test('nothing, where they know nothing', () => {
    const { estimate, low } = measure({ rows: 3_000 });
    expect(Math.abs(estimate - 0.5)).toBeLessThan(0.04);
    expect(low).toBeLessThan(0.5);
  });

  test('as much as one of them says: a shift by 0.3 of a uniform value is an area of 0.755', () => {
    const { low, high } = measure({ rows: 3_000, betrayal: 0.3 });
    expect(low).toBeLessThan(0.755);
    expect(high).toBeGreaterThan(0.73);
  });

  test('also what only two of them say together', () => {
    const random = createSeededRandom(2);
    const features = Array.from({ length: 3_000 }, () => Float64Array.of(random(), random()));
    const member = Uint8Array.from(features, ([one = 0, other = 0]) => (one > 0.5 === other > 0.5 ? 1 : 0));
    expect(measureProxy(binRows(features), member).estimate).toBeGreaterThan(0.95);
  });

  test('of two groups one line says it for both; of three each has its own', () => {
    expect(audit({ rows: 600 }).proxies).toHaveLength(1);
    expect(audit({ rows: 1_000, smallGroup: 150 }).proxies.map((line) => line.group)).toEqual(['a', 'b', 'c']);
  });
});

describe('columns', () => {
  test.each([
    ['SEX', [{ column: 'SEX', edges: [] }]],
    [
      'SEX,AGE:30,40,50',
      [
        { column: 'SEX', edges: [] },
        { column: 'AGE', edges: [30, 40, 50] },
      ],
    ],
    [
      'AGE:30,MARRIAGE',
      [
        { column: 'AGE', edges: [30] },
        { column: 'MARRIAGE', edges: [] },
      ],
    ],
    ['T:-1.5,0', [{ column: 'T', edges: [-1.5, 0] }]],
  ])('%s', (text, columns) => {
    expect(parseGroupColumns(text)).toEqual(columns);
  });

  test.each(['', 'A,,B', 'AGE:', 'AGE:x', 'AGE:40,30', 'A:1:2'])('%j is refused', (text) => {
    expect(() => parseGroupColumns(text)).toThrow(expect.objectContaining({ code: 'ECS_REQUEST_INVALID' }));
  });

  test.each([
    ['29', 'under 30'],
    ['30', '30 to 40'],
    ['39.5', '30 to 40'],
    ['40', '40 and over'],
    ['', 'unknown'],
  ])('age %j is %s', (text, group) => {
    expect(groupOf(text, { column: 'AGE', edges: [30, 40] })).toBe(group);
  });

  test('a word is no number to cut', () => {
    expect(() => groupOf('old', { column: 'AGE', edges: [30] })).toThrow(/AGE holds old/);
    expect(groupOf('old', { column: 'AGE', edges: [] })).toBe('old');
  });
});

test('the report says in words and tables what the figures say', () => {
  const report = reportFairness(draw({ rows: 3_000, thought: 1 }));
  const heading = {
    name: 'm',
    modelVersion: 'f'.repeat(64),
    rowsChosen: 'all',
    seenInTraining: true,
    proxyRows: 3_000,
  };
  const text = renderFairness({ ...report, ...heading });
  expect(text).toContain('The model has seen some of them in training.');
  expect(text).toMatch(
    /- G, 50 % approved: the lowest ratio is 0\.\d\d \[.*\] \(b against a\): below four fifths, and the difference is no accident/,
  );
  const worst = report.columns[0]?.approvals.find((line) => line.finding === 'below_four_fifths');
  expect(text).toContain(`**${worst?.ratio?.estimate.toFixed(2)} [`);
  expect(text.split('\n').filter((line) => line.startsWith('| 50 %'))).toHaveLength(2);
});
