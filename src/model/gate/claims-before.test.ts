// Which outcomes go on from those of the last verdict, and what it costs where they do not.
import { drawHistory } from '../../cli/simulate/truth/draw-history.ts';
import { SCENARIOS } from '../../cli/simulate/truth/scenario.ts';
import { EMOTION_BLOCK } from '../emotion-block.ts';
import { type AskedOutcomes, askedOf, countClaimsBefore, findBreak } from './claims-before.ts';
import { runGate } from './evidence-gate.ts';
import { GATE_RULES } from './gate-rules.ts';
import { buildVerdict, type GateVerdict } from './gate-verdict.ts';

const outcomes = drawHistory({ ...SCENARIOS.null, defaultsAMonth: 20 }, 1, { months: 12 });
const VERDICT = buildVerdict(runGate(outcomes, GATE_RULES), outcomes, EMOTION_BLOCK, GATE_RULES);
const SAME = askedOf(VERDICT);
type Month = AskedOutcomes['months'][number];
const months = (change: (month: Month, place: number) => Month): AskedOutcomes => ({
  ...SAME,
  months: SAME.months.map(change),
});
const of = (change: Partial<GateVerdict>): GateVerdict => ({ ...VERDICT, ...change });

test.each<[string, AskedOutcomes]>([
  ['the same again', SAME],
  ['a month more', { ...SAME, months: [...SAME.months, { month: '2025-01', rows: 400, defaults: 20 }] }],
  ['rows that came in late', months((month) => ({ ...month, rows: month.rows + 100, defaults: month.defaults + 5 }))],
  ['one erasure in a hundred', months((month) => ({ ...month, rows: month.rows - 4 }))],
  ['two defaults corrected', months((month, place) => ({ ...month, defaults: month.defaults - (place < 2 ? 1 : 0) }))],
  ['a group more', { ...SAME, groups: ['a', 'b', 'c'] }],
])('%s: goes on', (_, asked) => {
  expect(findBreak(asked, VERDICT)).toBeNull();
});

test.each<[string, AskedOutcomes, string]>([
  ['the first months cut off', { ...SAME, months: SAME.months.slice(3) }, 'begins_elsewhere'],
  ['the last months cut off', { ...SAME, months: SAME.months.slice(0, 9) }, 'rows_are_gone'],
  [
    'earlier months put before',
    { ...SAME, months: [{ month: '2023-12', rows: 9, defaults: 1 }, ...SAME.months] },
    'begins_elsewhere',
  ],
  ['a month left out', { ...SAME, months: SAME.months.filter((_, place) => place !== 5) }, 'rows_are_gone'],
  ['customers left out', months((month) => ({ ...month, rows: month.rows - 5 })), 'rows_are_gone'],
  [
    'what one month gained makes up for another',
    months((month, place) => ({ ...month, rows: month.rows + (place % 2 === 0 ? 100 : -100) })),
    'rows_are_gone',
  ],
  ['defaults left out', months((month) => ({ ...month, defaults: month.defaults - 1 })), 'rows_are_gone'],
  ['groups merged', { ...SAME, groups: ['all'] }, 'groups_changed'],
  ['no groups', { ...SAME, groups: null }, 'groups_changed'],
  ['lateness dropped', { ...SAME, knowsLate: false }, 'lateness_changed'],
])('%s: does not', (_, asked, why) => {
  expect(findBreak(asked, VERDICT)).toBe(why);
});

describe('claims spent before', () => {
  const cut: AskedOutcomes = { ...SAME, months: SAME.months.slice(3) };
  const claim = (number: number) => VERDICT.looks.map((look) => ({ ...look, claim: number }));
  test.each<[string, AskedOutcomes, GateVerdict[], number]>([
    ['nobody asked before', SAME, [], 0],
    ['the same file', SAME, [VERDICT], 0],
    ['the same file, which was a second one already', SAME, [of({ claimsBefore: 2, looks: claim(3) })], 2],
    ['a cut file', cut, [VERDICT], 1],
    ['a cut file after one that had opened and closed', cut, [of({ looks: claim(3) })], 3],
    ['back to the first file', SAME, [of({ claimsBefore: 1, looks: claim(2).slice(3) }), VERDICT], 2],
    ['the dearest of all counts', cut, [VERDICT, of({ looks: claim(5) })], 5],
    [
      'asked without labels before, which spends nothing',
      cut,
      [of({ outcomes: { ...VERDICT.outcomes, groups: null } })],
      0,
    ],
  ])('%s', (_, asked, earlier, claims) => {
    expect(countClaimsBefore(asked, earlier).claimsBefore).toBe(claims);
  });

  it('comes with why the last verdict was left, also where nothing was spent', () => {
    expect(countClaimsBefore(cut, [VERDICT]).claimBreak).toBe('begins_elsewhere');
    expect(countClaimsBefore(SAME, [VERDICT]).claimBreak).toBeNull();
    expect(countClaimsBefore(SAME, []).claimBreak).toBeNull();
  });
});
