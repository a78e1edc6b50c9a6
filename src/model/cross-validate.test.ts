// No fold is measured by a model that saw it: in each half of these rows the rule is the other one, so whoever learned from
// the other half alone is wrong nearly always, and whoever peeked is not.
import { crossValidate } from './cross-validate.ts';
import { shuffleOutcomes } from './shuffle-outcomes.ts';
import type { CsvRecord } from './train/csv-record.ts';
import { createRandom } from './train/random.ts';
import { resolveSpec } from './train/resolve-spec.ts';
import { buildTrainingTable } from './train/training-table.ts';
import { parseTrainingSpec } from './training-spec.ts';

const ROWS = 1_200;
const SPEC = {
  formatVersion: 1,
  name: 'halves',
  kind: 'columns',
  target: { column: 'bad', bad: '1', good: '0', meaning: 'default' },
  features: [{ name: 'x', column: 'x', monotone: 'free' }],
  neverInputs: ['half', 'third'],
  seed: 3,
  settings: { roundsMax: 40, folds: 3, repeats: 1 },
  source: 'drawn in this test',
  attribution: 'none',
};

/** `rule` of a row's half and x. */
function makeData(rule: (half: string, x: number) => boolean) {
  const random = createRandom(8);
  const records = Array.from({ length: ROWS }, (_, row): CsvRecord => {
    const x = random.below(1_000) / 1_000;
    const half = row % 2 === 0 ? 'a' : 'b';
    return { x: String(x), half, third: String(row % 3), bad: rule(half, x) ? '1' : '0' };
  });
  const spec = resolveSpec(parseTrainingSpec(SPEC, 'spec.json'), records);
  return { data: buildTrainingTable(records, null, spec), specs: { card: spec } };
}

const validate = (made: ReturnType<typeof makeData>, foldColumns: readonly string[]) =>
  crossValidate({ ...made, rawColumns: ['x'], foldColumns, dataSha256: '0'.repeat(64), splitsSha256: null });
const isHigh = (_half: string, x: number) => x > 0.5;

test('a model is measured on the fold it did not learn from, and so is the baseline', async () => {
  const measured = await validate(
    makeData((half, x) => (half === 'a' ? x > 0.5 : x <= 0.5)),
    ['half'],
  );
  expect(measured.map(({ model, fold }) => `${model} ${fold}`)).toEqual([
    'card a',
    'logistic a',
    'card b',
    'logistic b',
  ]);
  for (const { metrics } of measured) expect(metrics.auc).toBeLessThan(0.05);
});

test('every column of folds is gone through, each fold once, and what can be learned is', async () => {
  const measured = await validate(makeData(isHigh), ['half', 'third']);
  const cards = measured.filter(({ model }) => model === 'card');
  expect(cards.map(({ foldColumn, fold }) => `${foldColumn} ${fold}`)).toEqual([
    ...['half a', 'half b'],
    ...['third 0', 'third 1', 'third 2'],
  ]);
  for (const { metrics } of cards) expect(metrics.auc).toBeGreaterThan(0.99);
});

describe('outcomes dealt out anew', () => {
  test('leave nothing to find', async () => {
    const made = makeData(isHigh);
    const measured = await validate({ ...made, data: shuffleOutcomes(made.data) }, ['third']);
    for (const { metrics } of measured) expect(Math.abs(metrics.auc - 0.5)).toBeLessThan(0.12);
  });

  test('are as many of each kind, the same each time, and everything else stays where it was', () => {
    const { data } = makeData(isHigh);
    const sum = (values: Uint8Array) => values.reduce((all, value) => all + value, 0);
    const shuffled = shuffleOutcomes(data);
    expect(sum(shuffled.target)).toBe(sum(data.target));
    expect(shuffled.target).not.toEqual(data.target);
    expect(shuffleOutcomes(data)).toEqual(shuffled);
    expect({ ...shuffled, target: data.target }).toEqual(data);
  });
});
