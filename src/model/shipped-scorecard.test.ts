// The artefact in the repository: remade here from the public data, byte for byte, and held to what it promises.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sharedDataPath } from '../../test/support/shared-data.ts';
import { computeFeatures, STATEMENT_WINDOW, type Statement } from '../ledger/index.ts';
import { type LoadedScorecard, loadScorecard, shippedScorecardPath } from './load-scorecard.ts';
import { renderModelCard } from './render-model-card.ts';
import { runModelEvaluate } from './run-model-evaluate.ts';
import { runModelTrain } from './run-model-train.ts';
import { scoreLogOdds } from './score.ts';
import { loadTrainingData, loadTrainingSpec, shippedSpecPath } from './train/load-training-data.ts';

const SPEC_PATH = shippedSpecPath();
const CARD_PATH = fileURLToPath(new URL('../../docs/model-card.md', import.meta.url));
const dataPath = () => sharedDataPath('taiwan-credit-card-default.csv');
const splitsPath = () => sharedDataPath('taiwan-splits.csv');

let shipped: LoadedScorecard;
let folder: string;

beforeAll(async () => {
  shipped = await loadScorecard(shippedScorecardPath());
  folder = await mkdtemp(join(tmpdir(), 'ecs-train-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the shipped scorecard', () => {
  it('is what `ecs model train` makes of the public data, byte for byte, and so is its card', async () => {
    const outPath = join(folder, 'model.json');
    const cardPath = join(folder, 'card.md');
    let bags = 0;
    const result = await runModelTrain({
      dataPath: dataPath(),
      splitsPath: splitsPath(),
      specPath: SPEC_PATH,
      outPath,
      cardPath,
      onProgress: (done) => {
        bags = done;
      },
    });
    expect(await readFile(outPath, 'utf8')).toBe(await readFile(shippedScorecardPath(), 'utf8'));
    expect(await readFile(cardPath, 'utf8')).toBe(await readFile(CARD_PATH, 'utf8'));
    expect(result.modelVersion).toBe(shipped.modelVersion);
    expect(bags).toBe(10);
  }, 240_000);

  it('ranks rows it never saw with an AUC of at least 0.770', async () => {
    const { metrics, seenInTraining } = await runModelEvaluate({
      modelPath: shippedScorecardPath(),
      dataPath: dataPath(),
      splitsPath: splitsPath(),
      specPath: SPEC_PATH,
      rows: 'test20',
    });
    expect(metrics).toMatchObject({ rows: 6_000, defaults: 1_327 });
    expect(metrics.auc).toBeGreaterThanOrEqual(0.77);
    expect(metrics).toEqual(shipped.artefact.training.holdout);
    expect(seenInTraining).toBe(false);
  });

  it('says so when it is measured on rows it learned from', async () => {
    const { seenInTraining } = await runModelEvaluate({
      modelPath: shippedScorecardPath(),
      dataPath: dataPath(),
      splitsPath: splitsPath(),
      specPath: SPEC_PATH,
      rows: 'fold_r1',
    });
    expect(seenInTraining).toBe(true);
  });

  it('has tables centred on its training rows', async () => {
    const spec = await loadTrainingSpec(SPEC_PATH);
    const { table } = await loadTrainingData(dataPath(), splitsPath(), spec);
    expect(table.features).toHaveLength(30_000);
    for (const one of shipped.artefact.features) {
      const seen = one.rows.reduce((sum, rows, bin) => sum + rows * (one.logOdds[bin] ?? Number.NaN), 0);
      expect(Math.abs(seen + one.missingRows * one.missingLogOdds) / 24_000).toBeLessThan(1e-4);
      expect(one.rows.reduce((sum, rows) => sum + rows, one.missingRows)).toBe(24_000);
    }
  });

  it('has a card with the numbers of the artefact', async () => {
    const card = await readFile(CARD_PATH, 'utf8');
    expect(card).toBe(renderModelCard(shipped.artefact));
    expect(card).toContain(shipped.modelVersion);
    expect(card).toContain(shipped.artefact.training.holdout?.auc.toFixed(4));
    expect(card).toContain('https://doi.org/10.24432/C55S3H, CC BY 4.0');
  });

  it('never rewards a late month: in no history does one more late statement, or a later one, lower the risk', () => {
    const statuses = [-2, -1, 0, 1, 2, 4];
    let raised = 0;
    let lowered = 0;
    for (let length = 1; length <= STATEMENT_WINDOW; length += 1) {
      const risk = riskOfHistories(statuses, length);
      risk.forEach((logOdds, code) => {
        for (let place = 0, step = 1; place < length; place += 1, step *= statuses.length) {
          const digit = Math.floor(code / step) % statuses.length;
          // From revolving or late to anything later; the two that pay in full are other kinds of customers.
          for (let later = digit + 1; digit >= 2 && later < statuses.length; later += 1) {
            const after = risk[code + (later - digit) * step] ?? Number.NaN;
            if (after > logOdds) raised += 1;
            if (!(after >= logOdds - 1e-12)) lowered += 1;
          }
        }
      });
    }
    expect(lowered).toBe(0);
    expect(raised).toBeGreaterThan(50_000);
  });
});

/** Log-odds of every history of that length over the given statuses, balances and payments alike; digit 0 is the oldest. */
function riskOfHistories(statuses: readonly number[], length: number): Float64Array {
  const statements = statuses.map(
    (status): Statement => ({
      closedAtMs: 0,
      balanceMinor: 3_000_000,
      minimumDueMinor: 0,
      paidMinor: 200_000,
      monthsPastDue: Math.max(status, 0),
      standing: status > 0 ? 'past_due' : status === 0 ? 'revolving' : status === -1 ? 'paid_in_full' : 'inactive',
      limitMinor: 10_000_000,
    }),
  );
  const { compiled } = shipped;
  let histories = 1;
  for (let place = 0; place < length; place += 1) histories *= statuses.length;
  return Float64Array.from({ length: histories }, (_, code) => {
    const history: Statement[] = [];
    for (let place = 0, rest = code; place < length; place += 1, rest = Math.floor(rest / statuses.length)) {
      history.push(statements[rest % statuses.length] as Statement);
    }
    return scoreLogOdds(compiled, computeFeatures(history, compiled.referenceUnitMinor));
  });
}
