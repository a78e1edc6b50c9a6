// The trainer on data of other shapes than its own: a small set with categories, and drawn ones whose truth is known.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sharedDataPath } from '../../test/support/shared-data.ts';
import { createSeededRandom } from '../lib/seeded-random.ts';
import { logit, sigmoid } from './base-rate.ts';
import { loadScorecard } from './load-scorecard.ts';
import { computeMetrics } from './metrics.ts';
import { runModelEvaluate } from './run-model-evaluate.ts';
import { runModelScore } from './run-model-score.ts';
import { runModelTrain } from './run-model-train.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ecs-general-'));
});
afterAll(() => rm(folder, { recursive: true }));

const at = (file: string) => join(folder, file);

async function readScores(path: string): Promise<Float64Array> {
  const [header, ...lines] = (await readFile(path, 'utf8')).trimEnd().split('\n');
  expect(header).toBe('probability_of_default');
  return Float64Array.from(lines, Number);
}

/** Heavy imbalance, codes 96 and 98 among counts, incomes that are missing for a reason, regions with rare ones. */
function drawLoans(rows: number, seed: number) {
  const random = createSeededRandom(seed);
  const lines: string[] = [];
  const truth = new Float64Array(rows);
  const target = new Uint8Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const usage = random() * random() * 1.5;
    const late = random() < 0.85 ? 0 : Math.floor(random() * 6) + 1;
    const isCoded = random() < 0.01;
    const income = random() < 0.2 ? null : Math.round(1_000 + 9_000 * random() * random());
    const region = random() < 0.02 ? `rare ${row % 40}` : (['north', 'south', 'east'][Math.floor(random() * 3)] ?? '');
    const debt = random() * 3;
    const z =
      -4.3 +
      1.6 * usage +
      0.8 * late +
      (isCoded ? 2.5 : 0) +
      (income === null ? 0.7 : -income / 6_000) +
      (region === 'south' ? 0.5 : 0) +
      (usage > 0.5 && debt > 1.5 ? 0.9 : 0);
    truth[row] = z;
    target[row] = random() < sigmoid(z) ? 1 : 0;
    lines.push(
      `"${row + 1}",${usage.toFixed(4)},${isCoded ? 98 : late},${income ?? 'NA'},${region},${debt.toFixed(3)},${target[row]}`,
    );
  }
  const csv = `"",usage,times_late,income,region,debt,bad\n${lines.join('\n')}\n`;
  return { csv, truth, target };
}

describe('training on any CSV', () => {
  it('learns German loans by the spec of the documentation, and scores them in order', async () => {
    const specPath = fileURLToPath(new URL('../../docs/examples/german-credit.spec.json', import.meta.url));
    const dataPath = sharedDataPath('german-credit.csv');
    const trained = await runModelTrain({
      dataPath,
      specPath,
      outPath: at('german.json'),
      cardPath: at('german.md'),
      dataSheetPath: at('german-data.md'),
    });
    expect(trained).toMatchObject({ rows: 1_000, defaults: 300 });
    expect(trained.features).toContainEqual({ name: 'checking_status', type: 'category', differs: true });
    expect(trained.features).toContainEqual({ name: 'credit_amount', type: 'number', differs: true });
    expect(trained.outOfBag.auc).toBeGreaterThan(0.74);
    const { artefact } = await loadScorecard(at('german.json'));
    expect(artefact.features.map((table) => table.column)).not.toContain('age');
    expect(artefact.features[0]?.levels).toEqual([['A11'], ['A12'], ['A13'], ['A14'], []]);
    await runModelScore({ modelPath: at('german.json'), dataPath, outPath: at('german.csv') });
    const scores = await readScores(at('german.csv'));
    expect(scores).toHaveLength(1_000);
    const outcomes = (await readFile(dataPath, 'utf8'))
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => (line.endsWith(',2') ? 1 : 0));
    expect(computeMetrics(scores.map(logit), Uint8Array.from(outcomes)).auc).toBeGreaterThan(trained.outOfBag.auc);
    expect(await readFile(at('german.md'), 'utf8')).toContain('CC BY 4.0');
    expect(await readFile(at('german-data.md'), 'utf8')).toContain('| credit_amount | 0 |');
  }, 120_000);

  it('comes near the truth with a target as the whole spec: imbalance, codes, missing incomes, rare regions', async () => {
    const past = drawLoans(12_000, 1);
    const future = drawLoans(12_000, 2);
    await writeFile(at('past.csv'), past.csv);
    await writeFile(at('future.csv'), future.csv);
    await writeFile(at('spec.json'), JSON.stringify({ target: 'bad', settings: { repeats: 1, roundsMax: 250 } }));
    await runModelTrain({ dataPath: at('past.csv'), specPath: at('spec.json'), outPath: at('models/loans.json') });
    await runModelScore({
      modelPath: at('models/loans.json'),
      dataPath: at('future.csv'),
      outPath: at('out/scores.csv'),
    });
    const found = computeMetrics((await readScores(at('out/scores.csv'))).map(logit), future.target);
    const best = computeMetrics(future.truth, future.target);
    expect(best.auc - found.auc).toBeLessThan(0.015);
    expect(found.calibrationError).toBeLessThan(0.015);
  }, 120_000);

  /** One column of values, how likely each is to end badly, and the spec; the PD that is learned of each asked for. */
  async function learnColumn(
    name: string,
    draw: (random: () => number) => readonly [cell: string, probability: number],
    spec: object,
    asked: readonly string[],
  ): Promise<Float64Array> {
    const random = createSeededRandom(11);
    const lines = Array.from({ length: 4_000 }, () => {
      const [cell, probability] = draw(random);
      return `${cell},${random().toFixed(3)},${random() < probability ? 1 : 0}`;
    });
    await writeFile(at(`${name}.csv`), `x,noise,bad\n${lines.join('\n')}\n`);
    await writeFile(at(`${name}.spec.json`), JSON.stringify({ target: 'bad', ...spec }));
    await runModelTrain({
      dataPath: at(`${name}.csv`),
      specPath: at(`${name}.spec.json`),
      outPath: at(`${name}.json`),
      threads: 1,
    });
    await writeFile(at(`${name}.asked.csv`), `noise,x\n${asked.map((cell) => `0.5,${cell}`).join('\n')}\n`);
    await runModelScore({
      modelPath: at(`${name}.json`),
      dataPath: at(`${name}.asked.csv`),
      outPath: at(`${name}.scores.csv`),
    });
    return readScores(at(`${name}.scores.csv`));
  }

  it('learns codes by themselves, outside the order and its direction, the lowest value too', async () => {
    const features = [{ column: 'x', monotone: 'up', monotoneFrom: 3, specialValues: [-9, 98] }, { column: 'noise' }];
    // Three is worse than four, which the direction does not allow: what is promised from three on holds from there.
    const risks: Readonly<Record<string, number>> = { '-9': 0.5, '98': 0.02, '3': 0.3 };
    const draw = (random: () => number) => {
      const value = random() < 0.1 ? '-9' : random() < 0.1 ? '98' : String(Math.floor(random() * 10));
      return [value, risks[value] ?? 0.05 + 0.03 * Number(value)] as const;
    };
    const asked = ['-9', '98', '3', '4', '5', '6', '7', '8', '9'];
    const [low = 0, high = 0, ...rising] = await learnColumn('codes', draw, { features }, asked);
    expect(low).toBeGreaterThan(0.35);
    expect(high).toBeLessThan(0.08);
    expect([...rising].sort((one, other) => one - other)).toEqual(rising);
    expect(rising.at(-1)).toBeGreaterThan(0.2);
  });

  it('cuts features of any scale', async () => {
    const draw = (random: () => number) => {
      const value = random();
      return [`${(value * 1e-7).toExponential(6)}`, value > 0.5 ? 0.5 : 0.1] as const;
    };
    const [below = 1, above = 0] = await learnColumn('fine', draw, {}, ['2e-8', '8e-8']);
    expect(below).toBeLessThan(0.2);
    expect(above).toBeGreaterThan(0.4);
  });

  it('meets a level that is a number however it is written', async () => {
    const features = [{ column: 'x', type: 'category' }, { column: 'noise' }];
    const draw = (random: () => number) => {
      const level = Math.floor(random() * 3);
      return [String(level), [0.1, 0.5, 0.2][level] ?? 0] as const;
    };
    const [one, same] = await learnColumn('levels', draw, { features }, ['1', '1.0']);
    expect(same).toBe(one);
    expect(one).toBeGreaterThan(0.4);
  });

  it('measures a file by the levels of the model, though the file has not all of them', async () => {
    const risks: Readonly<Record<string, number>> = { ash: 0.05, birch: 0.6, cedar: 0.2, elm: 0.4 };
    const draw = (random: () => number) => {
      const level = Object.keys(risks)[Math.floor(random() * 4)] ?? '';
      return [level, risks[level] ?? 0] as const;
    };
    await learnColumn('trees', draw, {}, ['ash']);
    const random = createSeededRandom(12);
    const rows = Array.from({ length: 2_000 }, () => {
      const [level] = draw(() => 0.25 + 0.75 * random());
      return { level, bad: random() < (risks[level] ?? 0) ? 1 : 0 };
    });
    await writeFile(at('some.csv'), `x,noise,bad\n${rows.map(({ level, bad }) => `${level},0.5,${bad}`).join('\n')}\n`);
    const model = { modelPath: at('trees.json'), dataPath: at('some.csv') };
    const { metrics } = await runModelEvaluate({ ...model, specPath: at('trees.spec.json') });
    await runModelScore({ ...model, outPath: at('some.scores.csv') });
    const pds = await readScores(at('some.scores.csv'));
    const scored = computeMetrics(
      pds.map(logit),
      Uint8Array.from(rows, ({ bad }) => bad),
    );
    expect(metrics.auc).toBeCloseTo(scored.auc, 9);
    expect(metrics.brier).toBeCloseTo(scored.brier, 9);
  });

  it('learns no level that only rows set aside have, and takes it and unknown words for the average', async () => {
    const random = createSeededRandom(13);
    const risks: Readonly<Record<string, number>> = { ash: 0.1, birch: 0.3, '': 0.7 };
    const lines = Array.from({ length: 3_000 }, (_, row) => {
      const level = Object.keys(risks)[Math.floor(random() * 3)] ?? '';
      const isAside = row % 5 === 0;
      const cell = isAside && row % 3 === 0 ? 'zelkova' : level;
      return `${cell},${random().toFixed(3)},${isAside ? 'test' : 'train'},${random() < (risks[level] ?? 0) ? 1 : 0}`;
    });
    await writeFile(at('aside.csv'), `x,noise,part,bad\n${lines.join('\n')}\n`);
    const spec = { target: 'bad', holdoutColumn: 'part', holdoutOneOf: ['test'] };
    await writeFile(at('aside.spec.json'), JSON.stringify(spec));
    const paths = { dataPath: at('aside.csv'), specPath: at('aside.spec.json'), outPath: at('aside.json') };
    await runModelTrain({ ...paths, threads: 1 });
    await writeFile(at('aside.asked.csv'), 'x,noise\nash,0.5\nbirch,0.5\n"",0.5\nzelkova,0.5\nnever,0.5\n');
    await runModelScore({
      modelPath: at('aside.json'),
      dataPath: at('aside.asked.csv'),
      outPath: at('aside.scores.csv'),
    });
    const [ash = 0, birch = 0, blank = 0, aside = 0, never = 0] = await readScores(at('aside.scores.csv'));
    expect([ash, birch, blank]).toEqual([ash, birch, blank].sort((one, other) => one - other));
    expect(aside).toBe(never);
    expect(never).toBeGreaterThan(birch);
    expect(never).toBeLessThan(blank - 0.1);
  });

  it('refuses rows to set aside that nothing reads, before it learns', async () => {
    await writeFile(at('split.csv'), `x,part,bad\n${'1,train,1\n2,test,0\n3,train,0\n'.repeat(500)}`);
    await writeFile(at('split.spec.json'), JSON.stringify({ target: 'bad', holdoutColumn: 'part' }));
    const args = { dataPath: at('split.csv'), specPath: at('split.spec.json'), outPath: at('split.json') };
    await expect(runModelTrain(args)).rejects.toThrow(/0 rows \(part\) with 0 defaults/);
  });

  it('says what is wrong, by the name of the field or column', async () => {
    await writeFile(at('tiny.csv'), 'a,b,y\n1,x,fine\n2,y,bad\n');
    const train = async (spec: object) => {
      await writeFile(at('bad.json'), JSON.stringify(spec));
      return runModelTrain({ dataPath: at('tiny.csv'), specPath: at('bad.json'), outPath: at('never.json') });
    };
    await expect(train({})).rejects.toThrow(/target/);
    await expect(train({ target: 'y' })).rejects.toThrow(
      /target.bad must say which value of y is the bad one; it holds fine, bad/,
    );
    await expect(train({ target: { column: 'z', bad: '1' } })).rejects.toThrow(/no column z/);
    await expect(
      train({ target: { column: 'y', bad: 'bad' }, features: [{ name: 'b', column: 'b', monotone: 'up' }] }),
    ).rejects.toThrow(/column b holds words/);
    await expect(
      train({ target: { column: 'y', bad: 'bad' }, features: [{ name: 'b', column: 'b', type: 'number' }] }),
    ).rejects.toThrow(/tiny.csv: line 2: column b is not a number: it reads "x"/);
    await expect(train({ target: { column: 'y', bad: 'bad' } })).rejects.toThrow(/too few/);
    await writeFile(at('bad.json'), '{"target": "y",}');
    const broken = { dataPath: at('tiny.csv'), specPath: at('bad.json'), outPath: at('never.json') };
    await expect(runModelTrain(broken)).rejects.toThrow(/bad.json is not JSON: \w/);
    const nowhere = {
      modelPath: at('models/loans.json'),
      dataPath: at('future.csv'),
      outPath: at('tiny.csv/scores.csv'),
    };
    await expect(runModelScore(nowhere)).rejects.toThrow(/scores.csv cannot be written/);
  });

  it('refuses to score data without a column that the model reads', async () => {
    await writeFile(at('short.csv'), 'usage,times_late\n0.1,0\n');
    await expect(
      runModelScore({ modelPath: at('models/loans.json'), dataPath: at('short.csv'), outPath: at('never.csv') }),
    ).rejects.toThrow(/no column income/);
  });
});
