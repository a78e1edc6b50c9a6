// From a file to figures: every one is worked out again from the scores that `ecs model score` writes for the same rows.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSeededRandom } from '../lib/seeded-random.ts';
import { runModelFairness } from './run-model-fairness.ts';
import { runModelScore } from './run-model-score.ts';
import { runModelTrain } from './run-model-train.ts';

const ROWS = 1_500;
let folder = '';
const at = (file: string) => join(folder, file);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ecs-fairness-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Row {
  readonly debt: number;
  readonly sex: string;
  readonly bad: boolean;
  readonly later: boolean;
}

/** Women owe less, and default less than what they owe says. */
function drawRows(): Row[] {
  const random = createSeededRandom(4);
  return Array.from({ length: ROWS }, (_, row) => {
    const sex = random() < 0.4 ? 'f' : 'm';
    const debt = random() + (sex === 'm' ? 0.3 : 0);
    return { debt, sex, bad: random() < 0.1 + 0.4 * debt - (sex === 'f' ? 0.1 : 0), later: row % 3 === 0 };
  });
}

test('approvals, calibration and the rows looked at are those of the file', async () => {
  const rows = drawRows();
  const lines = rows.map(({ debt, sex, bad, later }) => `${debt},${sex},${bad ? 1 : 0},${later ? 1 : 0}`);
  await writeFile(at('people.csv'), `debt,sex,bad,later\n${lines.join('\n')}\n`);
  const spec = {
    formatVersion: 1,
    name: 'people',
    kind: 'columns',
    target: { column: 'bad', bad: '1', good: '0', meaning: 'default' },
    features: [{ name: 'debt', column: 'debt', monotone: 'up' }],
    neverInputs: ['sex'],
    holdoutColumn: 'later',
    settings: { roundsMax: 40 },
    source: 'drawn in this test',
    attribution: 'none',
  };
  await writeFile(at('spec.json'), JSON.stringify(spec));
  const files = { dataPath: at('people.csv'), specPath: at('spec.json') };
  await runModelTrain({ ...files, outPath: at('model.json') });
  await runModelScore({ modelPath: at('model.json'), dataPath: at('people.csv'), outPath: at('pd.csv') });
  const [, ...scores] = (await readFile(at('pd.csv'), 'utf8')).trimEnd().split('\n');
  const scored = rows.map((row, place) => ({ ...row, pd: Number(scores[place]) })).filter(({ later }) => later);

  const report = await runModelFairness({
    ...files,
    modelPath: at('model.json'),
    groups: [{ column: 'sex', edges: [] }],
    cutoffs: [0.6],
    outPath: at('fairness.md'),
  });

  expect(report).toMatchObject({ rowsChosen: 'later', seenInTraining: false, rows: scored.length });
  expect(report.defaults).toBe(scored.filter(({ bad }) => bad).length);
  const sorted = scored.map(({ pd }) => pd).sort((one, other) => one - other);
  const threshold = sorted[Math.ceil(0.6 * sorted.length) - 1] ?? 0;
  const of = (sex: string) => scored.filter((row) => row.sex === sex);
  const approvedShare = (sex: string) => of(sex).filter(({ pd }) => pd <= threshold).length / of(sex).length;
  const [column] = report.columns;
  for (const sex of ['f', 'm']) {
    const approval = column?.approvals.find(({ group }) => group === sex);
    expect(approval?.rows).toBe(of(sex).length);
    expect(approval?.approved.estimate).toBeCloseTo(approvedShare(sex), 12);
    const calibration = column?.calibrations.find(({ group }) => group === sex);
    expect(calibration?.defaults).toBe(of(sex).filter(({ bad }) => bad).length);
    expect(calibration?.expectedRate).toBeCloseTo(of(sex).reduce((sum, { pd }) => sum + pd, 0) / of(sex).length, 9);
  }
  const men = column?.approvals.find(({ group }) => group === 'm');
  expect(men?.ratio?.estimate).toBeCloseTo(approvedShare('m') / approvedShare('f'), 12);
  expect(men?.finding).toBe('below_four_fifths');
  expect(await readFile(at('fairness.md'), 'utf8')).toContain(`${scored.length} rows (later)`);
});
