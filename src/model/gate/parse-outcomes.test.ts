import { EMOTION_BLOCK, emotionLogOdds } from '../emotion-block.ts';
import { type OutcomeRecord, parseOutcomes } from './parse-outcomes.ts';

const ROW = {
  customer_id: 'ana',
  month: '2026-03',
  window_months: '12',
  base_log_odds: '-3.1',
  defaulted: '0',
  group: 'a',
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
  const outcomes = parse([ROW, { ...ROW, customer_id: 'ben', month: '2026-01', defaulted: '1', group: 'z' }]);
  expect(outcomes.months).toEqual([2026 * 12, 2026 * 12 + 2]);
  expect([...outcomes.defaulted]).toEqual([1, 0]);
  expect(outcomes.groups).toEqual(['a', 'z']);
  expect([...outcomes.monthFrom]).toEqual([0, 1, 2]);
  expect(outcomes).toMatchObject({ knowsLate: false, modelVersions: null, beganMonth: 2025 * 12 });
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
  expect(parse([ROW]).block[0]).toBe(emotionLogOdds(EMOTION_BLOCK, features));
});

test.each<[string, OutcomeRecord]>([
  ['calm that is no distress', { ...ROW, valence: '0', stress: '0.5', variability: '0' }],
  ['no valence', { ...ROW, valence: '' }],
  ['too few samples', { ...ROW, effective_samples: '4' }],
  ['too old', { ...ROW, last_event_age_days: '15' }],
])('%s is silence: exactly 0', (_, record) => {
  expect(Object.is(parse([record]).block[0], 0)).toBe(true);
});

test('without labels there are no groups, and months past due are put into three classes', () => {
  const records = ['0', '1', '2', '7'].map((months_past_due) => ({
    ...ROW,
    customer_id: months_past_due,
    months_past_due,
  }));
  const outcomes = parse(records, null);
  expect(outcomes.groups).toBeNull();
  expect(outcomes.knowsLate).toBe(true);
  expect([...outcomes.late]).toEqual([0, 1, 2, 2]);
});

test.each<[string, OutcomeRecord, string | null, RegExp]>([
  ['a month', { ...ROW, month: '2026-13' }, null, /line 2, column month: "2026-13" is not a month/],
  ['a base that is text', { ...ROW, base_log_odds: 'x' }, null, /column base_log_odds: "x" is not a number/],
  ['an empty base', { ...ROW, base_log_odds: '' }, null, /column base_log_odds/],
  ['a probability instead of yes or no', { ...ROW, defaulted: '0.5' }, null, /column defaulted: "0.5" is not 1/],
  ['no customer', { ...ROW, customer_id: '' }, null, /line 2, column customer_id: "" is not a customer id/],
  [
    'half a month',
    { ...ROW, window_months: '1.5' },
    null,
    /column window_months: "1.5" is not a whole number from 1 to 60/,
  ],
  ['no window', { ...ROW, window_months: '0' }, null, /column window_months: "0"/],
  ['valence out of range', { ...ROW, valence: '1.5' }, null, /column valence: "1.5" is not a number from -1 to 1/],
  ['lateness below nothing', { ...ROW, months_past_due: '-1' }, null, /column months_past_due/],
  ['no such group column', ROW, 'sex', /no column sex. It has: customer_id/],
  ['no columns', { a: '1' }, null, /no columns customer_id, month, window_months, .*last_event_age_days. It has: a/],
  ['no name of a model', { ...ROW, model_version: '' }, null, /column model_version: "" is not the name of a model/],
])('%s is refused where it stands', (_, record, groupColumn, message) => {
  expect(() => parse([record], groupColumn)).toThrow(message);
});

test('an empty label is none, and counts with the unlabelled', () => {
  const outcomes = parse([ROW, { ...ROW, customer_id: 'ben', group: '' }]);
  expect(outcomes.groups).toEqual(['a', 'unlabelled']);
});

test('whose log-odds they are is told, each once', () => {
  const records = ['b', 'a', 'b'].map((model_version, place) => ({ ...ROW, customer_id: `${place}`, model_version }));
  expect(parse(records).modelVersions).toEqual(['a', 'b']);
});

describe('windows of one customer', () => {
  const at = (month: string, window_months = '12', customer_id = 'ana') => ({
    ...ROW,
    customer_id,
    month,
    window_months,
  });

  test.each<[string, OutcomeRecord[], RegExp]>([
    [
      'the same row twice',
      [at('2026-03'), at('2026-03')],
      /line 3: the 12 months to 2026-03 overlap .* 2026-03 on line 2/,
    ],
    ['a month later', [at('2026-03'), at('2026-04')], /line 3/],
    ['eleven months later', [at('2026-03'), at('2027-02')], /line 3/],
    ['in any order', [at('2026-04'), at('2026-03')], /line 2: the 12 months to 2026-04 overlap .* on line 3/],
    ['a longer one after a short one', [at('2026-03', '1'), at('2026-05', '3')], /line 3/],
    ['with others between', [at('2026-03'), at('2026-03', '12', 'ben'), at('2026-09')], /line 4/],
  ])('that overlap are refused: %s', (_, records, message) => {
    expect(() => parse(records)).toThrow(message);
  });

  test.each<[string, OutcomeRecord[]]>([
    ['a year later', [at('2026-03'), at('2027-03')]],
    ['of other customers', [at('2026-03'), at('2026-03', '12', 'ben')]],
    ['of a month each', [at('2026-03', '1'), at('2026-04', '1'), at('2026-05', '1')]],
  ])('that follow each other are read: %s', (_, records) => {
    expect(parse(records).base).toHaveLength(records.length);
  });
});
