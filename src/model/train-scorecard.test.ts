import { sharedDataPath } from '../../test/support/shared-data.ts';
import { sigmoid } from './base-rate.ts';
import { compileScorecard } from './compile-scorecard.ts';
import { formatScorecard } from './save-scorecard.ts';
import { scoreLogOdds } from './score.ts';
import type { Scorecard } from './scorecard.ts';
import type { CsvRecord } from './train/csv-record.ts';
import { loadTrainingData } from './train/load-training-data.ts';
import { createRandom, shuffle } from './train/random.ts';
import { resolveSpec } from './train/resolve-spec.ts';
import { buildTrainingTable } from './train/training-table.ts';
import { trainScorecard } from './train-scorecard.ts';
import { parseTrainingSpec } from './training-spec.ts';

const ROWS = 4_000;
const SPEC = {
  formatVersion: 1,
  name: 'synthetic',
  kind: 'columns',
  idColumn: 'id',
  target: { column: 'bad', bad: '1', good: '0', meaning: 'default' },
  referenceUnitMinor: 100,
  referenceCurrency: 'EUR',
  features: [
    { name: 'rising', column: 'rising', monotone: 'up' },
    { name: 'forbidden', column: 'forbidden', monotone: 'up' },
    { name: 'curved', column: 'curved', monotone: 'free' },
    { name: 'gappy', column: 'gappy', monotone: 'down' },
  ],
  neverInputs: ['protected'],
  holdoutColumn: 'later',
  seed: 5,
  settings: {
    binsMax: 16,
    rowsPerBinMin: 20,
    learningRate: 0.2,
    roundsMax: 120,
    l2: 1,
    featureShare: 0.5,
    folds: 4,
    repeats: 1,
    mergeBelowLogOdds: 0.01,
  },
  source: 'drawn in this test',
  attribution: 'none',
} as const;

/** Log-odds: 1.5 x rising, -1.5 x forbidden (against its stated direction), high at both ends of curved, 1 if gappy is missing. */
function drawRecords(seed: number): CsvRecord[] {
  const random = createRandom(seed);
  const uniform = () => random.below(1_000_000) / 1_000_000;
  return Array.from({ length: ROWS }, (_, row) => {
    const [rising, forbidden, curved] = [uniform(), uniform(), uniform()];
    const missing = uniform() < 0.2;
    const logOdds =
      -1 + 3 * (rising - 0.5) - 3 * (forbidden - 0.5) + (Math.abs(curved - 0.5) > 0.3 ? 1 : 0) + (missing ? 1 : 0);
    return {
      id: String(row),
      rising: String(rising),
      forbidden: String(forbidden),
      curved: String(curved),
      gappy: missing ? '' : String(uniform()),
      protected: String(random.below(2)),
      later: row % 5 === 0 ? '1' : '0',
      bad: uniform() < 1 / (1 + Math.exp(-logOdds)) ? '1' : '0',
    };
  });
}

const RECORDS = drawRecords(42);

function train(
  records: readonly CsvRecord[],
  change: Partial<typeof SPEC> | object = {},
  seed?: number,
): Promise<Scorecard> {
  const spec = resolveSpec(parseTrainingSpec({ ...SPEC, ...change }, 'spec.json'), records);
  const data = buildTrainingTable(records, null, spec);
  return trainScorecard({ data, spec, seed, dataSha256: '0'.repeat(64), splitsSha256: null });
}

const trained = await train(RECORDS);
const tableOf = (scorecard: Scorecard, name: string) => {
  const table = scorecard.features.find((one) => one.name === name);
  if (table === undefined) throw new Error(`no table ${name}`);
  return table;
};

describe('trainScorecard', () => {
  it('finds what was put in, within what the directions allow', () => {
    const rising = tableOf(trained, 'rising').logOdds;
    expect((rising.at(-1) ?? 0) - (rising[0] ?? 0)).toBeGreaterThan(1.5);
    expect(new Set(tableOf(trained, 'forbidden').logOdds)).toEqual(new Set([0]));
    const curved = tableOf(trained, 'curved');
    const middle = curved.logOdds[curved.cuts.filter((cut) => cut <= 0.5).length] ?? 0;
    expect((curved.logOdds[0] ?? 0) - middle).toBeGreaterThan(0.5);
    expect((curved.logOdds.at(-1) ?? 0) - middle).toBeGreaterThan(0.5);
    expect(tableOf(trained, 'gappy').missingLogOdds).toBeGreaterThan(0.5);
    expect(trained.training.holdout?.auc).toBeGreaterThan(0.68);
  });

  it('is calibrated where it was trained', () => {
    expect(trained.baseRate).toBeCloseTo(trained.training.defaults / trained.training.rows, 6);
    expect(trained.training.outOfBag.calibrationError).toBeLessThan(0.03);
  });

  it('expects as many defaults of its training rows as there were', () => {
    const records = RECORDS.filter(({ later }) => later === '0');
    const { features } = buildTrainingTable(records, null, resolveSpec(parseTrainingSpec(SPEC, 'spec.json'), RECORDS));
    const model = compileScorecard(trained);
    const expected = features.reduce((sum, row) => sum + sigmoid(scoreLogOdds(model, row)), 0);
    expect(Math.abs(expected - trained.training.defaults)).toBeLessThan(0.05);
  });

  it.each([0, 1, 3])('has %d pairs and no more where no more are wanted', async (pairsMax) => {
    const settings = { ...SPEC.settings, roundsMax: 30, pairsMax, pairRounds: 20 };
    // Whether it is bad follows from two features together.
    const together = RECORDS.map((record) => ({
      ...record,
      bad: Number(record.rising) > 0.5 === Number(record.curved) > 0.5 ? (record.bad ?? '0') : '0',
    }));
    const { pairs = [] } = await train(together, { settings });
    expect(pairs.length).toBeLessThanOrEqual(pairsMax);
    expect(pairs.length).toBeGreaterThanOrEqual(Math.min(pairsMax, 1));
  });

  it('writes the same bytes for the same seed, and others for another', async () => {
    expect(formatScorecard(await train(RECORDS))).toBe(formatScorecard(trained));
    expect(formatScorecard(await train(RECORDS, {}, 6))).not.toBe(formatScorecard(trained));
  });

  it('never looks at the outcome of rows that are set aside', async () => {
    const flipped = RECORDS.map((record) =>
      record.later === '1' ? { ...record, bad: record.bad === '1' ? '0' : '1' } : record,
    );
    const blind = await train(flipped);
    expect(blind.training.holdout?.auc).toBeLessThan(0.32);
    expect({ ...blind, training: { ...blind.training, holdout: null } }).toEqual({
      ...trained,
      training: { ...trained.training, holdout: null },
    });
  });

  it('never looks at a protected column', async () => {
    const swapped = RECORDS.map((record) => ({ ...record, protected: record.protected === '1' ? '0' : '1' }));
    expect(formatScorecard(await train(swapped))).toBe(formatScorecard(trained));
  });

  it('finds nothing where outcomes are shuffled', async () => {
    const outcomes = shuffle(
      RECORDS.map((record) => Number(record.bad)),
      createRandom(9),
    );
    const shuffled = await train(RECORDS.map((record, row) => ({ ...record, bad: String(outcomes[row]) })));
    expect(Math.abs(shuffled.training.outOfBag.auc - 0.5)).toBeLessThan(0.04);
    expect(Math.abs((shuffled.training.holdout?.auc ?? 0) - 0.5)).toBeLessThan(0.07);
  });

  it('refuses too few outcomes for its folds', async () => {
    const spared = RECORDS.filter((record, row) => record.bad === '0' || row < 10);
    await expect(train(spared, { holdoutColumn: null })).rejects.toThrow(/too few for 4 folds/);
  });

  it('trains without a hold-out', async () => {
    const all = await train(RECORDS, { holdoutColumn: null });
    expect(all.training).toMatchObject({ rows: ROWS, holdout: null });
  });

  it('learns from numeric columns of another data set, protected ones kept out', async () => {
    const spec = parseTrainingSpec(
      {
        ...SPEC,
        name: 'german-smoke',
        idColumn: null,
        target: { column: 'class', bad: '2', good: '1', meaning: 'bad loan' },
        features: [
          { name: 'duration_months', column: 'duration_months', monotone: 'up' },
          { name: 'credit_amount', column: 'credit_amount', monotone: 'free' },
          { name: 'installment_rate', column: 'installment_rate', monotone: 'up' },
        ],
        neverInputs: ['age', 'personal_status_sex', 'foreign_worker'],
        holdoutColumn: null,
      },
      'spec.json',
    );
    const loaded = await loadTrainingData(sharedDataPath('german-credit.csv'), null, spec);
    const german = await trainScorecard({
      data: loaded.table,
      spec: loaded.spec,
      dataSha256: '0'.repeat(64),
      splitsSha256: null,
    });
    expect(german.training).toMatchObject({ rows: 1_000, defaults: 300 });
    expect(german.training.outOfBag.auc).toBeGreaterThan(0.58);
  });
});
