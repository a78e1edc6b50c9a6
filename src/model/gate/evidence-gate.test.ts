import fc from 'fast-check';
import { drawHistory } from '../../cli/simulate/truth/draw-history.ts';
import { SCENARIOS, type TruthScenario } from '../../cli/simulate/truth/scenario.ts';
import { createSeededRandom } from '../../lib/seeded-random.ts';
import { EMOTION_BLOCK } from '../emotion-block.ts';
import { runGate } from './evidence-gate.ts';
import { type GateOutcomes, type OutcomeRow, orderOutcomes, UNLABELLED } from './gate-outcomes.ts';
import { boundaryOf, GATE_RULES } from './gate-rules.ts';
import { buildVerdict, hashVerdict } from './gate-verdict.ts';

const moderate = drawHistory(SCENARIOS.moderate, 1);
const run = (outcomes: GateOutcomes, rules = GATE_RULES) => runGate(outcomes, rules, { detail: false });
const openings = (outcomes: GateOutcomes) => run(outcomes).looks.filter((look) => look.change === 'opened');
/** 20 gates' worth of defaults in a few months: what the statistics are is not the question here. */
const SMALL = { ...GATE_RULES, defaultsMin: 60, learningDefaultsMin: 30, groupDefaultsMin: 5, errorTotal: 0.5 };

function rowsOf(outcomes: GateOutcomes): OutcomeRow[] {
  return outcomes.months.flatMap((month, index) => {
    const from = outcomes.monthFrom[index] ?? 0;
    return Array.from({ length: (outcomes.monthFrom[index + 1] ?? 0) - from }, (_, place) => ({
      month,
      windowMonths: 12,
      modelVersion: '',
      base: outcomes.base[from + place] ?? 0,
      block: outcomes.block[from + place] ?? 0,
      defaulted: outcomes.defaulted[from + place] === 1,
      late: outcomes.late[from + place] ?? 0,
      group: outcomes.groups?.[outcomes.group[from + place] ?? 0] ?? '',
    }));
  });
}

const order = (rows: readonly OutcomeRow[], { knowsLate = true, hasGroups = true } = {}) =>
  orderOutcomes(rows, { knowsLate, hasGroups, hasModelVersions: false });
const verdictOf = (outcomes: GateOutcomes, rules = GATE_RULES) =>
  buildVerdict(runGate(outcomes, rules), outcomes, EMOTION_BLOCK, rules);

describe('a lender at whom feelings tell something', () => {
  test('opens when all is there, names nothing missing, and stays open', () => {
    const { looks, state } = run(moderate);
    const opened = looks.find((look) => look.change === 'opened');
    expect(opened).toMatchObject({ state: 'open', claim: 1, reasons: [] });
    expect(opened?.defaults).toBeGreaterThanOrEqual(GATE_RULES.defaultsMin);
    expect(opened?.evidence).toBeGreaterThanOrEqual(boundaryOf(1, GATE_RULES));
    expect(opened?.aucLift?.lift).toBeGreaterThanOrEqual(GATE_RULES.aucLiftMin);
    expect(state).toBe('open');
  });

  test.each<[string, (row: OutcomeRow) => OutcomeRow, string]>([
    ['the sign of the block is the other one', (row) => ({ ...row, block: -row.block }), 'evidence_below_boundary'],
    ['the block is silent', (row) => ({ ...row, block: 0 }), 'too_few_defaults'],
    ['only one group is there', (row) => ({ ...row, group: 'a' }), 'one_group_only'],
    ['a group is too small', (row) => ({ ...row, group: row.base > 0.2 ? 'few' : 'many' }), 'group_too_small'],
    [
      'a group is moved',
      (row) => (row.group === 'b' && row.block !== 0 ? { ...row, block: row.block + 0.05 } : row),
      'group_offset',
    ],
    [
      'the block is wider in a group',
      (row) => (row.group === 'b' ? { ...row, block: (row.block + 0.07) * 1.6 - 0.07 } : row),
      'group_spread',
    ],
    [
      'a group is expected to default as it does not',
      (row) => (row.group === 'b' && row.block !== 0 ? { ...row, block: row.block + 0.4 } : row),
      'group_calibration',
    ],
    [
      'the block is the wrong way round in a group',
      (row) => (row.group === 'b' ? { ...row, block: -row.block } : row),
      'group_loses',
    ],
    [
      'the block lifts everybody',
      (row) => (row.block === 0 ? row : { ...row, block: row.block + 0.4 }),
      'no_gain_as_used',
    ],
    [
      'too many have no label',
      (row) => ({ ...row, group: row.late === 0 && row.base < -3.5 ? UNLABELLED : row.group }),
      'too_many_unlabelled',
    ],
    ['the block says next to nothing', (row) => ({ ...row, block: row.block / 50 }), 'auc_lift_too_small'],
  ])('stays shut where %s', (_, change, reason) => {
    const outcomes = order(rowsOf(moderate).map(change));
    const { looks, state } = runGate(outcomes, GATE_RULES);
    expect(looks.filter((look) => look.change !== null)).toEqual([]);
    expect(state).toBe('shut');
    expect(looks.at(-1)?.reasons).toContain(reason);
  });

  test.each<[string, (row: OutcomeRow) => OutcomeRow, string]>([
    [
      'used as it stands it gains nothing',
      (row) => (row.block === 0 ? row : { ...row, block: row.block + 0.4 }),
      'no_gain_as_used',
    ],
    ['only one group is there', (row) => ({ ...row, group: 'a' }), 'one_group_only'],
  ])('%s: that alone keeps it shut', (_, change, reason) => {
    const { looks } = run(order(rowsOf(moderate).map(change)));
    expect(looks.at(-1)?.reasons).toEqual([reason]);
  });

  test('a few without a label shut nothing', () => {
    const rows = rowsOf(moderate).map((row, place) => (place % 50 === 0 ? { ...row, group: UNLABELLED } : row));
    expect(openings(order(rows))).toHaveLength(1);
  });

  test('stays shut without group labels, whatever the evidence', () => {
    const { looks, state } = run({ ...moderate, group: moderate.group.map(() => 0), groups: null });
    expect(state).toBe('shut');
    expect(looks.at(-1)?.reasons).toEqual(['no_group_labels']);
  });

  test('needs 500 defaults, and those that only taught the level do not count', () => {
    const opened = openings(moderate)[0];
    const before = run(moderate).looks.filter((look) => look.month < (opened?.month ?? 0));
    expect(before.every((look) => look.defaults < 500 || look.reasons.length > 0)).toBe(true);
    expect(before.filter((look) => look.reasons.includes('learning')).length).toBeGreaterThanOrEqual(3);
  });

  test('one more group that is like the others changes nothing about the state', () => {
    const random = createSeededRandom(5);
    const relabelled = rowsOf(moderate).map((row) => ({ ...row, group: random() < 0.3 ? 'c' : row.group }));
    expect(run(order(relabelled)).state).toBe('open');
  });

  test('a base score on another level and another scale is learnt, not taken for evidence', () => {
    const twisted = order(rowsOf(moderate).map((row) => ({ ...row, base: 0.6 * row.base + 1.5 })));
    const same = order(rowsOf(moderate));
    const last = (outcomes: GateOutcomes) => run(outcomes, { ...GATE_RULES, defaultsMin: 1e6 }).looks.at(-1);
    expect(last(twisted)?.evidence).toBeCloseTo(last(same)?.evidence ?? 0, 0);
  });
});

describe('feelings that only echo late payments', () => {
  const scenario: TruthScenario = { ...SCENARIOS.reverse, distressPerLate: 1, defaultsAMonth: 100 };
  // A base score that knows nothing of lateness, so that feelings do tell it something.
  const blind = rowsOf(drawHistory(scenario, 3)).map((row) => ({ ...row, base: row.base - 0.9 * row.late }));

  test('do not open the gate where it is told who was late', () => {
    expect(openings(order(blind))).toEqual([]);
  });

  test('would, where it is not told: that is what the column is for', () => {
    const untold = order(
      blind.map((row) => ({ ...row, late: 0 })),
      { knowsLate: false },
    );
    expect(openings(untold)).toHaveLength(1);
  });
});

describe('an open gate', () => {
  test('shuts within three months of a turn of the sign', () => {
    const { looks } = run(drawHistory(SCENARIOS.drift, 2));
    const flip = SCENARIOS.drift.flipsAtMonth ?? 0;
    expect(looks[flip - 1]?.state).toBe('open');
    expect(looks.slice(flip, flip + 3).some((look) => look.change === 'closed')).toBe(true);
    expect(looks.slice(flip + 3).every((look) => look.state === 'shut')).toBe(true);
  });

  test('expires after a year unless outcomes since then have earned another', () => {
    const months = 40;
    const steady = drawHistory(SCENARIOS.moderate, 4, { months });
    const opened = openings(steady)[0]?.month ?? 0;
    const year = opened + GATE_RULES.validMonths;
    const fading = order(rowsOf(steady).map((row) => (row.month > opened ? { ...row, block: 0 } : row)));
    const at = (outcomes: GateOutcomes) => run(outcomes).looks.find((look) => look.month === year);
    expect(at(fading)).toMatchObject({ state: 'shut', change: 'expired' });
    expect(at(fading)?.reasons[0]).toBe('expired');
    const plenty = drawHistory({ ...SCENARIOS.psychometric, defaultsAMonth: 80 }, 4, { months });
    const renewed = run(plenty).looks.filter((look) => look.change === 'renewed');
    expect(renewed.length).toBeGreaterThanOrEqual(1);
    expect(renewed[0]?.claim).toBe(2);
  });

  test('shuts when the latest 300 defaults show no gain, long before much is lost', () => {
    const opened = openings(moderate)[0]?.month ?? 0;
    const tired = rowsOf(drawHistory(SCENARIOS.moderate, 1, { months: 36 })).map((row) =>
      row.month > opened ? { ...row, block: -row.block / 20 } : row,
    );
    const closed = run(order(tired)).looks.find((look) => look.change === 'closed');
    expect(closed?.reasons).toEqual(['no_recent_gain']);
    expect(closed?.defaults).toBeGreaterThanOrEqual(GATE_RULES.recentDefaults);
    expect(closed?.evidence).toBeGreaterThan(-GATE_RULES.closingLoss);
  });

  test('shuts at the first sight of a group that is moved', () => {
    const opened = openings(moderate)[0]?.month ?? 0;
    const broken = rowsOf(moderate).map((row) =>
      row.month > opened && row.group === 'b' && row.block !== 0 ? { ...row, block: row.block + 0.08 } : row,
    );
    const { looks } = run(order(broken));
    expect(looks.find((look) => look.change === 'closed')?.reasons).toContain('group_offset');
  });
});

describe('the verdict', () => {
  test('is the same, bit for bit, in whatever order rows come, and every time', () => {
    const small = rowsOf(drawHistory({ ...SCENARIOS.moderate, defaultsAMonth: 12 }, 9, { months: 8 }));
    const expected = hashVerdict(verdictOf(order(small), SMALL));
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = createSeededRandom(seed);
        const keyed = small.map((row) => ({ row, key: random() }));
        const shuffled = keyed.sort((one, other) => one.key - other.key).map(({ row }) => row);
        expect(hashVerdict(verdictOf(order(shuffled), SMALL))).toBe(expected);
      }),
      { numRuns: 10 },
    );
  });

  test('depends on earlier months only through what they were: later ones change no look before them', () => {
    const early = rowsOf(moderate).filter((row) => row.month < (moderate.months[20] ?? 0));
    expect(run(order(early)).looks).toEqual(run(order(rowsOf(moderate))).looks.slice(0, 20));
  });

  test('a group that comes later, or a customer without a label, changes no look before them', () => {
    const until = moderate.months[20] ?? 0;
    const rows = rowsOf(moderate);
    const later = rows.map((row) =>
      row.month >= until && row.base > -3 ? { ...row, group: row.late === 0 ? 'aa' : UNLABELLED } : row,
    );
    expect(runGate(order(later), GATE_RULES).looks.slice(0, 20)).toEqual(
      runGate(order(rows), GATE_RULES).looks.slice(0, 20),
    );
  });

  test('tells how many rows and defaults each month had, whoever is silent included', () => {
    const silent = order(rowsOf(moderate).map((row) => ({ ...row, block: 0 })));
    const { looks } = verdictOf(silent);
    expect(looks.reduce((sum, look) => sum + look.rows, 0)).toBe(silent.base.length);
    expect(looks.reduce((sum, look) => sum + look.defaultsInMonth, 0)).toBe(
      silent.defaulted.reduce((sum, value) => sum + value, 0),
    );
  });

  test('starts with the claim after those that were spent before, and needs what that one needs', () => {
    const { looks } = runGate(moderate, GATE_RULES, { detail: false, claimsBefore: 9 });
    const opened = looks.find((look) => look.change === 'opened');
    expect(looks[0]).toMatchObject({ claim: 10, boundary: boundaryOf(10, GATE_RULES) });
    expect(opened?.evidence).toBeGreaterThanOrEqual(boundaryOf(10, GATE_RULES));
    expect(opened?.month).toBeGreaterThan(openings(moderate)[0]?.month ?? 0);
  });

  test('says so where there is nothing', () => {
    expect(verdictOf(order([]))).toMatchObject({ state: 'shut', reasons: ['no_outcomes'], looks: [], evidence: null });
  });
});

test('the rules are those that were written down', () => {
  expect(GATE_RULES).toEqual({
    version: 2,
    errorTotal: 0.005,
    learningDefaultsMin: 100,
    defaultsMin: 500,
    aucLiftMin: 0.002,
    unlabelledShareMax: 0.05,
    groupDefaultsMin: 50,
    groupOffsetMax: 0.03,
    groupSpreadMax: 1.25,
    groupMarginErrors: 2.33,
    groupCalibrationErrors: 2.58,
    closingLoss: 3,
    recentDefaults: 300,
    validMonths: 12,
    lookEveryMonths: 3,
  });
});

test('however many claims there are, their errors together stay below the whole', () => {
  const errors = Array.from({ length: 60 }, (_, index) => Math.exp(-boundaryOf(index + 1, GATE_RULES)));
  expect(errors.reduce((sum, error) => sum + error, 0)).toBeLessThan(GATE_RULES.errorTotal * (1 + 1e-9));
  expect(errors[0]).toBeCloseTo(GATE_RULES.errorTotal / 2, 12);
});
