import { isEcsError } from '../../lib/errors.ts';
import { parseTrainingSpec } from '../training-spec.ts';
import type { CsvRecord } from './csv-record.ts';
import { resolveSpec } from './resolve-spec.ts';
import { buildTrainingTable, selectRows } from './training-table.ts';

const SPEC = {
  formatVersion: 1,
  name: 'small',
  kind: 'columns',
  idColumn: 'id',
  target: { column: 'bad', bad: 'yes', good: 'no', meaning: 'default' },
  referenceUnitMinor: 100,
  referenceCurrency: 'EUR',
  features: [
    { name: 'debt', column: 'Debt', monotone: 'up' },
    { name: 'savings', column: 'Savings', monotone: 'down' },
  ],
  neverInputs: ['Sex'],
  holdoutColumn: 'later',
  seed: 1,
  settings: {
    binsMax: 8,
    rowsPerBinMin: 1,
    learningRate: 0.1,
    roundsMax: 10,
    l2: 1,
    featureShare: 1,
    folds: 2,
    repeats: 1,
    mergeBelowLogOdds: 0,
  },
  source: 'made up',
  attribution: 'made up',
};
const spec = resolveSpec(parseTrainingSpec(SPEC, 'spec.json'), [{ Debt: '1', Savings: '1' }]);

const RECORDS: readonly CsvRecord[] = [
  { id: 'a', Debt: '1', Savings: '', Sex: '1', bad: 'yes' },
  { id: 'b', Debt: '-2.5', Savings: '7', Sex: '2', bad: 'no' },
];
const SPLITS: readonly CsvRecord[] = [
  { id: 'b', later: '1' },
  { id: 'a', later: '0' },
];

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (isEcsError(error, 'ECS_FILE_INVALID')) return error.message;
    throw error;
  }
  return 'nothing refused';
}

describe('buildTrainingTable', () => {
  it('reads only the columns of the spec; an empty cell is missing', () => {
    const table = buildTrainingTable(RECORDS, SPLITS, spec);
    expect(table.features.map((row) => [...row])).toEqual([
      [1, Number.NaN],
      [-2.5, 7],
    ]);
    expect([...table.target]).toEqual([1, 0]);
  });

  it.each<[string, readonly CsvRecord[], readonly CsvRecord[] | null, RegExp]>([
    ['a target that is neither', [{ ...RECORDS[0], bad: 'maybe' }], null, /row a: column bad/],
    ['a number that is none', [{ ...RECORDS[0], Debt: 'much' }], null, /row a: column Debt/],
    ['a missing column', [{ id: 'a', Savings: '1', bad: 'no' }], null, /no column Debt/],
    ['an id twice', [RECORDS[0] ?? {}, RECORDS[0] ?? {}], null, /row a twice/],
    [
      'a file without ids',
      [{ Debt: '1', Savings: '1', bad: 'no' }],
      null,
      /no column id; there are Debt, Savings, bad/,
    ],
    ['a row without id', [{ ...RECORDS[0], id: '' }], null, /row without id/],
    ['a row the splits do not know', RECORDS, SPLITS.slice(1), /row b is not in the splits/],
  ])('refuses %s', (_, records, splits, message) => {
    expect(refusal(() => buildTrainingTable(records, splits, spec))).toMatch(message);
  });

  it('counts rows that have no id, and joins no splits to them', () => {
    const nameless = { ...spec, idColumn: null };
    expect(refusal(() => buildTrainingTable([{ Debt: '1', Savings: 'x', bad: 'no' }], null, nameless))).toMatch(
      /row number 1: column Savings/,
    );
    expect(refusal(() => buildTrainingTable(RECORDS, SPLITS, nameless))).toMatch(/no id column/);
  });

  it('names the row and the column of a broken card ledger', () => {
    const ledger = { ...spec, kind: 'card_ledger' as const };
    expect(refusal(() => buildTrainingTable(RECORDS, SPLITS, { ...ledger, idColumn: 'id' }))).toMatch(
      /row a: column ID/,
    );
  });
});

describe('selectRows', () => {
  const more = [
    { id: 'c', Debt: '0', Savings: '1', bad: 'no' },
    { id: 'd', Debt: '9', Savings: '0', bad: 'yes' },
  ];
  const splits = [...SPLITS, { id: 'c', later: '0' }, { id: 'd', later: '1' }];
  const table = buildTrainingTable([...RECORDS, ...more], splits, spec);
  const ids = (rows: string) => selectRows(table, spec, rows).columns.map((record) => record.id);

  it('chooses all, those trained on, or those set aside', () => {
    expect(ids('all')).toEqual(['a', 'b', 'c', 'd']);
    expect(ids('training')).toEqual(['a', 'c']);
    expect(ids('later')).toEqual(['b', 'd']);
    expect([...selectRows(table, spec, 'later').target]).toEqual([0, 1]);
  });

  it('refuses a column that is nowhere, and rows of one outcome alone', () => {
    expect(refusal(() => ids('test99'))).toMatch(/no column test99/);
    expect(refusal(() => ids('Savings'))).toMatch(/1 rows .* with 0 defaults/);
  });

  it('never trains silently on everything when the splits are forgotten', () => {
    const alone = buildTrainingTable(RECORDS, null, spec);
    expect(refusal(() => selectRows(alone, spec, 'training'))).toMatch(/--splits/);
  });
});

describe('parseTrainingSpec', () => {
  const feature = SPEC.features[0];
  it.each<[string, unknown, RegExp]>([
    ['a protected column as a feature', { ...SPEC, features: [{ ...feature, column: 'Sex' }] }, /features.0.column/],
    ['the target as a feature', { ...SPEC, features: [{ ...feature, column: 'bad' }] }, /features.0.column/],
    ['the id as a feature', { ...SPEC, features: [{ ...feature, column: 'id' }] }, /features.0.column/],
    ['a numeric feature without column', { ...SPEC, features: [{ name: 'x', monotone: 'up' }] }, /features.0.column/],
    ['a feature twice', { ...SPEC, features: [feature, feature] }, /features: a feature is named twice/],
    ['a ledger spec with other features', { ...SPEC, kind: 'card_ledger' }, /features/],
    ['one word for both outcomes', { ...SPEC, target: { ...SPEC.target, bad: 'no' } }, /target/],
    ['an unknown setting', { ...SPEC, settings: { ...SPEC.settings, depth: 3 } }, /settings/],
  ])('refuses %s', (_, value, message) => {
    expect(refusal(() => parseTrainingSpec(value, 'spec.json'))).toMatch(message);
  });
});
