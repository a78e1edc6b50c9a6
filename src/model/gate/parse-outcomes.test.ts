import { EMOTION_BLOCK, emotionLogOdds } from '../emotion-block.ts';
import { type OutcomeRecord, parseOutcomes } from './parse-outcomes.ts';

const GIVEN = { month: '2026-03', base_log_odds: '-3.1', block_log_odds: '0.05', defaulted: '0', group: 'a' };
const { block_log_odds: _, ...REST } = GIVEN;
const MEASURED = {
  ...REST,
  valence: '-0.4',
  stress: '0.7',
  variability: '0.3',
  effective_samples: '40',
  last_event_age_days: '2',
};

function parse(records: readonly OutcomeRecord[], groupColumn: string | null = 'group', columns = records[0]) {
  return parseOutcomes(records, { name: 'o.csv', columns: Object.keys(columns ?? {}), groupColumn }, EMOTION_BLOCK);
}

test('rows are ordered by month, and groups by name', () => {
  const outcomes = parse([GIVEN, { ...GIVEN, month: '2026-01', defaulted: '1', group: 'z' }]);
  expect(outcomes.months).toEqual([2026 * 12, 2026 * 12 + 2]);
  expect([...outcomes.defaulted]).toEqual([1, 0]);
  expect(outcomes.groups).toEqual(['a', 'z']);
  expect([...outcomes.monthFrom]).toEqual([0, 1, 2]);
  expect(outcomes.knowsLate).toBe(false);
});

test('measured features become what the block itself says of them', () => {
  const features = {
    valence30: -0.4,
    stress30: 0.7,
    valenceVariability30: 0.3,
    effectiveSamples30: 40,
    lastEventAgeMs: 2 * 86_400_000,
    valence3: null,
    stress3: null,
    effectiveSamples3: 0,
  };
  expect(parse([MEASURED]).block[0]).toBe(emotionLogOdds(EMOTION_BLOCK, features));
});

test.each<[string, OutcomeRecord]>([
  ['an empty block', { ...GIVEN, block_log_odds: '' }],
  ['a negative nothing', { ...GIVEN, block_log_odds: '-0' }],
  ['no valence', { ...MEASURED, valence: '' }],
  ['too few samples', { ...MEASURED, effective_samples: '4' }],
  ['too old', { ...MEASURED, last_event_age_days: '15' }],
])('%s is silence: exactly 0', (_, record) => {
  expect(Object.is(parse([record]).block[0], 0)).toBe(true);
});

test('without labels there are no groups, and months past due are put into three classes', () => {
  const records = ['0', '1', '2', '7'].map((months_past_due) => ({ ...GIVEN, months_past_due }));
  const outcomes = parse(records, null);
  expect(outcomes.groups).toBeNull();
  expect(outcomes.knowsLate).toBe(true);
  expect([...outcomes.late]).toEqual([0, 1, 2, 2]);
});

test.each<[string, OutcomeRecord, string | null, RegExp]>([
  ['a month', { ...GIVEN, month: '2026-13' }, null, /line 2, column month: "2026-13" is not a month/],
  ['a base that is text', { ...GIVEN, base_log_odds: 'x' }, null, /column base_log_odds: "x" is not a number/],
  ['an empty base', { ...GIVEN, base_log_odds: '' }, null, /column base_log_odds/],
  ['a probability instead of yes or no', { ...GIVEN, defaulted: '0.5' }, null, /column defaulted: "0.5" is not 1/],
  ['a block beyond its bound', { ...GIVEN, block_log_odds: '0.23' }, null, /column block_log_odds: "0.23"/],
  ['an empty label', { ...GIVEN, group: '' }, 'group', /column group: "" is not a group label/],
  ['valence out of range', { ...MEASURED, valence: '1.5' }, null, /column valence: "1.5" is not a number from -1 to 1/],
  ['lateness below nothing', { ...GIVEN, months_past_due: '-1' }, null, /column months_past_due/],
  ['no such group column', GIVEN, 'sex', /no column sex. It has: month/],
  ['no columns', { a: '1' }, null, /no columns month, base_log_odds, defaulted. It has: a/],
  ['neither block nor features', REST, null, /neither block_log_odds nor all of valence/],
  ['both', { ...GIVEN, valence: '0' }, null, /either block_log_odds or the measured features, not both: valence/],
])('%s is refused where it stands', (_, record, groupColumn, message) => {
  expect(() => parse([record], groupColumn)).toThrow(message);
});
