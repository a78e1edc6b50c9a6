import { createSeededRandom } from '../lib/seeded-random.ts';
import { chanceOf } from './calibration.ts';
import { type JudgedOutcome, reportPerformance } from './performance-report.ts';

const MAY = Date.UTC(2026, 4, 1);
const JUNE = Date.UTC(2026, 5, 1);

interface Draw {
  readonly rows: number;
  /** How strongly default follows the score, and how far off the level is. */
  readonly slope?: number;
  readonly shift?: number;
  readonly from?: Partial<JudgedOutcome>;
}

function draw({ rows, slope = 1, shift = 0, from = {} }: Draw, seed = 7): JudgedOutcome[] {
  const random = createSeededRandom(seed);
  return Array.from({ length: rows }, (_, row) => {
    const logOdds = -2 + 4 * (random() - 0.5);
    const defaulted = random() < chanceOf(shift - 2 + slope * (logOdds + 2));
    const fixed = {
      customerId: `c-${seed}-${row}`,
      modelVersion: 'm',
      asOfMs: MAY,
      windowMonths: 6,
      emotionLogOdds: 0,
    };
    return { ...fixed, logOdds, defaulted, ...from };
  });
}

const TRAINED = new Map([['m', 0.74]]);
const verdictOf = (outcomes: JudgedOutcome[]) => {
  const { verdict, findings } = reportPerformance(outcomes, TRAINED).totals[0] ?? {};
  return [verdict, findings];
};

test.each<[string, Draw, string, string[]]>([
  ['as trained', { rows: 4_000 }, 'stable', []],
  ['hardly any defaults', { rows: 60 }, 'too_few', []],
  ['half as many again', { rows: 4_000, shift: 0.7 }, 'act', ['calibration']],
  ['a quarter too many', { rows: 4_000, shift: 0.24 }, 'watch', ['calibration']],
  ['a quarter too many of few', { rows: 300, shift: 0.2 }, 'stable', []],
  ['a score that tells nothing', { rows: 4_000, slope: 0 }, 'act', ['calibration', 'ranking']],
])('%s: %s', (_, drawn, verdict, findings) => {
  expect(verdictOf(draw(drawn))).toEqual([verdict, findings]);
});

test('defaults that were expected and stayed away are told', () => {
  expect(verdictOf(draw({ rows: 400 }).map((row) => ({ ...row, defaulted: false })))).toEqual(['act', ['calibration']]);
});

test('ranking is judged only for the version whose training is known', () => {
  const outcomes = draw({ rows: 4_000, slope: 0.3, shift: 0.1, from: { modelVersion: 'other' } });
  expect(reportPerformance(outcomes, TRAINED).totals[0]?.findings).not.toContain('ranking');
});

test('versions and windows stand apart, months newest first, each adding up to its total', () => {
  const outcomes = [
    ...draw({ rows: 300 }, 1),
    ...draw({ rows: 200, from: { asOfMs: JUNE } }, 2),
    ...draw({ rows: 100, from: { windowMonths: 12 } }, 3),
    ...draw({ rows: 50, from: { modelVersion: 'n', asOfMs: JUNE } }, 4),
  ];
  const report = reportPerformance(outcomes, TRAINED);
  const short = (lines: typeof report.months) =>
    lines.map((line) => [line.modelVersion, line.windowMonths, line.month, line.outcomes]);
  expect(short(report.totals).toSorted()).toEqual([
    ['m', 12, null, 100],
    ['m', 6, null, 500],
    ['n', 6, null, 50],
  ]);
  expect(short(report.months)).toEqual([
    ['m', 6, '2026-06', 200],
    ['n', 6, '2026-06', 50],
    ['m', 6, '2026-05', 300],
    ['m', 12, '2026-05', 100],
  ]);
  expect(report.outcomes).toBe(650);
});

test('a customer seen twelve times over does not make the intervals narrow', () => {
  const once = draw({ rows: 500 });
  const again = Array.from({ length: 12 }, (_, month) => once.map((row) => ({ ...row, asOfMs: MAY + month }))).flat();
  const [one] = reportPerformance(once, TRAINED).totals;
  const [many] = reportPerformance(again, TRAINED).totals;
  expect(many).toMatchObject({ outcomes: 6_000, customers: 500 });
  expect(many?.auc?.low).toBeCloseTo(one?.auc?.low ?? 0, 10);
  expect(many?.observedToExpected.high).toBeCloseTo(one?.observedToExpected.high ?? 0, 10);
});

test('what emotion added is measured where it had a say', () => {
  const outcomes = draw({ rows: 1_000 }).map((row, place) =>
    place < 400 ? { ...row, emotionLogOdds: row.defaulted ? 0.2 : -0.2 } : row,
  );
  const emotion = reportPerformance(outcomes, TRAINED).totals[0]?.emotion;
  expect(emotion?.outcomes).toBe(400);
  expect(emotion?.aucWith.estimate).toBeGreaterThan(emotion?.aucWithout.estimate ?? 1);
  expect(reportPerformance(draw({ rows: 1_000 }), TRAINED).totals[0]?.emotion).toBeNull();
});

test('nothing to measure', () => {
  expect(reportPerformance([], TRAINED)).toEqual({ verdict: 'too_few', outcomes: 0, totals: [], months: [] });
});
