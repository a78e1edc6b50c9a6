import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isEcsError } from '../lib/errors.ts';
import { loadScorecard, parseScorecard, shippedScorecardPath } from './load-scorecard.ts';
import { formatScorecard } from './save-scorecard.ts';
import { modelVersionOf, type PairTable, type Scorecard } from './scorecard.ts';

let shipped: Scorecard;
let folder: string;

beforeAll(async () => {
  const { artefact } = await loadScorecard(shippedScorecardPath());
  // Tables that say nothing and no pairs, so that one broken thing is all that is broken.
  shipped = {
    ...artefact,
    pairs: [],
    features: artefact.features.map((table) => ({ ...table, logOdds: table.logOdds.map(() => 0), missingLogOdds: 0 })),
  };
  folder = await mkdtemp(join(tmpdir(), 'ecs-scorecard-'));
});
afterAll(() => rm(folder, { recursive: true }));

function refusal(value: unknown): unknown {
  try {
    parseScorecard(value, 'model.json');
  } catch (error) {
    if (isEcsError(error, 'ECS_MODEL_INVALID')) return error.facts.field;
    throw error;
  }
  return null;
}

/** A copy of the shipped artefact with its first feature changed. */
function withFirst(change: Partial<Scorecard['features'][number]>): unknown {
  return {
    ...shipped,
    features: shipped.features.map((table, index) => (index === 0 ? { ...table, ...change } : table)),
  };
}

/** A pair that says nothing, with so many rows too many and `first` in its first cell. */
function pairOf(one: string, other: string, more = 0, first = 0): PairTable {
  const binsOf = (name: string) => shipped.features.find((table) => table.name === name)?.logOdds.length ?? 2;
  const logOdds = Array.from({ length: binsOf(one) + 1 + more }, (_, row) =>
    Array.from({ length: binsOf(other) + 1 }, (_, column) => (row === 0 && column === 0 ? first : 0)),
  );
  return { features: [one, other], logOdds };
}

/** From the first bin of a feature that promises to rise to its second. */
function firstRise(feature: number): number {
  const [first = Number.NaN, second = Number.NaN] = shipped.features[feature]?.logOdds ?? [];
  return second - first;
}

describe('loadScorecard', () => {
  it('names a model by its content: same content same version, one digit another', async () => {
    const { artefact, modelVersion } = await loadScorecard(shippedScorecardPath());
    expect(modelVersion).toMatch(/^[0-9a-f]{64}$/);
    const reordered = Object.fromEntries(Object.entries(artefact).reverse()) as Scorecard;
    expect(modelVersionOf(reordered)).toBe(modelVersion);
    expect(modelVersionOf({ ...artefact, interceptLogOdds: artefact.interceptLogOdds + 0.0001 })).not.toBe(
      modelVersion,
    );
  });

  it('reads back what it writes', () => {
    expect(parseScorecard(JSON.parse(formatScorecard(shipped)), 'model.json')).toEqual(shipped);
  });

  it.each<[string, () => unknown, string]>([
    ['no object', () => null, 'the document'],
    ['another format', () => ({ ...shipped, formatVersion: 3 }), 'formatVersion'],
    ['an unknown member', () => ({ ...shipped, extra: 1 }), 'the document'],
    ['a base rate of one', () => ({ ...shipped, baseRate: 1 }), 'baseRate'],
    ['infinite log-odds', () => withFirst({ missingLogOdds: Number.POSITIVE_INFINITY }), 'features.0.missingLogOdds'],
    [
      'cuts that do not rise',
      () => withFirst({ cuts: [0.5, 0.5, 1.5], logOdds: [0, 0, 0, 0], rows: [1, 1, 1, 1] }),
      'features.0.cuts',
    ],
    ['a bin too few', () => withFirst({ logOdds: [0, 0] }), 'features.0.logOdds'],
    [
      'a broken direction',
      () => withFirst({ monotone: 'up', monotoneFrom: null, cuts: [0], logOdds: [1, 0], rows: [1, 1] }),
      'features.0.logOdds',
    ],
    ['a ledger feature under another name', () => withFirst({ name: 'age' }), 'features.0.name'],
    ['a ledger feature missing', () => ({ ...shipped, features: shipped.features.slice(0, -1) }), 'features.22.name'],
    ['log-odds with too many decimals', () => withFirst({ missingLogOdds: 0.00001 }), 'features.0.missingLogOdds'],
    ['a pair of unknown features', () => ({ ...shipped, pairs: [pairOf('status_latest', 'age')] }), 'pairs.0'],
    [
      'a pair with a row too few',
      () => ({ ...shipped, pairs: [pairOf('status_latest', 'status_third', -1)] }),
      'pairs.0',
    ],
    [
      'a pair twice',
      () => ({ ...shipped, pairs: [pairOf('status_latest', 'status_third'), pairOf('status_third', 'status_latest')] }),
      'pairs',
    ],
    [
      'a pair that breaks a direction in one single cell',
      () => ({ ...shipped, pairs: [pairOf('worst_months_past_due', 'spend_rate_mean', 0, firstRise(3) + 0.0001)] }),
      'features.3.logOdds',
    ],
    ['a feature twice', () => ({ ...shipped, features: [...shipped.features, shipped.features[0]] }), 'features'],
    [
      'an emotion block beyond its bound',
      () => ({ ...shipped, emotionBlock: { ...shipped.emotionBlock, maximumLogOdds: 0.23 } }),
      'emotionBlock.maximumLogOdds',
    ],
    [
      'an emotion weight of the wrong sign',
      () => ({ ...shipped, emotionBlock: { ...shipped.emotionBlock, valenceWeight: -0.1 } }),
      'emotionBlock.valenceWeight',
    ],
  ])('refuses %s by the name of the field', (_, make, field) => {
    expect(refusal(make())).toBe(field);
  });

  it('allows any order of bins below the start of a direction', () => {
    expect(
      refusal(withFirst({ monotone: 'up', monotoneFrom: 0, cuts: [-1, 0.5], logOdds: [3, 1, 2], rows: [1, 1, 1] })),
    ).toBe(null);
  });

  it('says so when the file is absent or no JSON', async () => {
    await expect(loadScorecard(join(folder, 'absent.json'))).rejects.toMatchObject({ code: 'ECS_MODEL_INVALID' });
    const path = join(folder, 'broken.json');
    await writeFile(path, '{');
    await expect(loadScorecard(path)).rejects.toMatchObject({ code: 'ECS_MODEL_INVALID', message: /not JSON/ });
  });
});
