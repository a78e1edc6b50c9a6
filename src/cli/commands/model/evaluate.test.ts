// What `ecs model evaluate --json` prints of the folds, on a thousand rows of the public data in two folds: who reads it
// finds each model by its name, with each measure and its interval.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listenToCommand } from '../../../../test/support/command-context.ts';
import { sharedDataPath } from '../../../../test/support/shared-data.ts';
import { evaluateCommand } from './evaluate.ts';

const ROWS = 1_000;
const MEASURES = ['auc', 'ks', 'brier', 'logLoss', 'h', 'ece', 'slope', 'intercept'];

type Measures = Readonly<Record<string, number>> & { readonly intervals: Readonly<Record<string, [number, number]>> };

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ecs-folds-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** DATA.csv and SPLITS.csv. */
async function writeSample(): Promise<string[]> {
  const [head = '', ...rows] = (await readFile(sharedDataPath('taiwan-credit-card-default.csv'), 'utf8')).split('\n');
  const sample = rows.slice(0, ROWS);
  const splits = sample.map((row, place) => `${row.slice(0, row.indexOf(','))},0,${place % 2}`);
  const files: [string, string[]][] = [
    ['data.csv', [head, ...sample]],
    ['splits.csv', ['ID,test20,fold_r0', ...splits]],
  ];
  for (const [name, lines] of files) await writeFile(join(folder, name), `${lines.join('\n')}\n`);
  return files.map(([name]) => join(folder, name));
}

test('each model has each measure, with an interval around it', async () => {
  const { context, said } = listenToCommand();
  await evaluateCommand(context).parseAsync([...(await writeSample()), '--folds', 'r0', '--json'], { from: 'user' });
  const result: Record<string, Measures> = JSON.parse(said.join(''));
  expect(Object.keys(result)).toEqual(['flagship', 'readable', 'logistic', 'folds', 'dataSha256', 'shuffled']);
  expect(result).toMatchObject({ folds: 2, shuffled: false });
  for (const model of ['flagship', 'readable', 'logistic']) {
    const measures = result[model] as Measures;
    expect(Object.keys(measures)).toEqual([...MEASURES, 'folds', 'intervals']);
    for (const name of MEASURES) {
      const [low, high] = measures.intervals[name] ?? [Number.NaN, Number.NaN];
      expect(low).toBeLessThan(measures[name] ?? Number.NaN);
      expect(high).toBeGreaterThan(measures[name] ?? Number.NaN);
    }
  }
  for (const model of ['flagship', 'readable']) expect(result[model]?.auc).toBeGreaterThan(0.65);
}, 300_000);
