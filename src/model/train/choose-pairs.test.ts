// Which pairs of four features get a table, where two of the six pairs have something to say and one of them more.
import { createSeededRandom } from '../../lib/seeded-random.ts';
import { sigmoid } from '../base-rate.ts';
import { parseTrainingSpec } from '../training-spec.ts';
import { binFeature } from './bin-feature.ts';
import { boostBag } from './boost-bag.ts';
import { choosePairs } from './choose-pairs.ts';
import { assignFolds, createRandom } from './random.ts';

const ROWS = 4_000;
const FEATURES = 4;
const random = createSeededRandom(8);
const rows = Array.from({ length: ROWS }, () => Array.from({ length: FEATURES }, () => Math.floor(4 * random())));
const target = Uint8Array.from(rows, ([a = 0, b = 0, c = 0, d = 0]) => {
  const logOdds = -1.5 + (a > 1 && b > 1 ? 3 : 0) + (c > 1 && d > 1 ? 1.5 : 0);
  return random() < sigmoid(logOdds) ? 1 : 0;
});
const features = Array.from({ length: FEATURES }, (_, index) =>
  binFeature(
    Float64Array.from(rows, (row) => row[index] ?? 0),
    { binsMax: 8, rowsMin: 20 },
  ),
);

/** As `01`: the first with the second. */
async function choose(pairsMax: number, segment?: number): Promise<string[]> {
  const { settings } = parseTrainingSpec(
    { target: 'bad', settings: { pairsMax, pairRounds: 60, folds: 3 } },
    'spec.json',
  );
  const seeded = createRandom(4);
  const lesson = { folds: assignFolds(target, 3, seeded) };
  const allowed = await choosePairs({ features, target, settings }, lesson, segment, seeded, async (inputs) =>
    inputs.map(boostBag),
  );
  expect(allowed).toHaveLength(FEATURES * FEATURES);
  const keys = [...allowed.keys()].filter((key) => allowed[key] === 1);
  const ofKey = (key: number) => [Math.floor(key / FEATURES), key % FEATURES] as const;
  for (const [one, other] of keys.map(ofKey)) expect(allowed[other * FEATURES + one]).toBe(1);
  return keys
    .map(ofKey)
    .filter(([one, other]) => one < other)
    .map((pair) => pair.join(''));
}

test.each<[number, readonly string[]]>([
  [0, []],
  [1, ['01']],
  [2, ['01', '23']],
])('of at most %d pairs the strongest are chosen: %j', async (pairsMax, chosen) => {
  expect(await choose(pairsMax)).toEqual(chosen);
});

test.each([3, 4, 5])('%d are exactly so many where there are more, the strongest among them', async (pairsMax) => {
  const chosen = await choose(pairsMax);
  expect(chosen).toHaveLength(pairsMax);
  expect(chosen).toEqual(expect.arrayContaining(['01', '23']));
});

test('with a segment every pair contains it', async () => {
  expect(await choose(80, 2)).toEqual(['02', '12', '23']);
  expect(await choose(1, 2)).toEqual(['23']);
});
