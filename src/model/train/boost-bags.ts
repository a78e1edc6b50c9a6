// Many bags instead of one: each repeat cuts the rows into folds and boosts a bag without each fold. The fold left out
// says when all bags stop, and scores its rows honestly; the tables are the mean over the bags.
import type { TrainingSettings } from '../training-spec.ts';
import type { BinnedFeature } from './bin-feature.ts';
import { type BoostedBag, type BoostInput, boostBag } from './boost-bag.ts';
import { interactionVariance } from './purify.ts';
import { assignFolds, createRandom, type Random } from './random.ts';
import { addTrees, makeTableSums, type TableSums } from './sum-trees.ts';

/** Boosts several bags, in order; a pool of threads may do it, each bag alone gives the same. */
export type RunBags = (inputs: readonly BoostInput[]) => Promise<readonly BoostedBag[]>;

export type BoostSettings = TrainingSettings & { readonly repeats: number; readonly binsMax: number };

export interface BoostBagsInput {
  readonly features: readonly BinnedFeature[];
  readonly target: Uint8Array;
  readonly settings: BoostSettings;
  readonly seed: number;
  /** Place of the feature that every pair must contain. */
  readonly segment?: number | undefined;
  readonly runBags?: RunBags | undefined;
}

export interface BoostedTables {
  readonly rounds: number;
  readonly sums: TableSums;
  /** Every row's log-odds by the bags that never saw it. */
  readonly outOfBagLogOdds: Float64Array;
}

/** Bags that look for pairs: enough to rank them, few enough to be quick. */
const PAIR_BAGS = 3;

export async function boostBags(input: BoostBagsInput): Promise<BoostedTables> {
  const random = createRandom(input.seed);
  const run = input.runBags ?? runInTurn;
  const noPairs = new Uint8Array(input.features.length * input.features.length);
  const pairs = input.settings.pairsMax === 0 ? noPairs : await choosePairs(input, random, run);
  const { folds, repeats, roundsMax } = input.settings;
  const inputs: BoostInput[] = [];
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    inputs.push(...bagInputs(input, random, folds, roundsMax, pairs));
  }
  const bags = await run(inputs);
  return averageBags(input, inputs, bags, chooseRounds(bags));
}

async function runInTurn(inputs: readonly BoostInput[]): Promise<readonly BoostedBag[]> {
  return inputs.map(boostBag);
}

function bagInputs(
  { features, target, settings }: BoostBagsInput,
  random: Random,
  bags: number,
  rounds: number,
  pairs: Uint8Array | null,
): BoostInput[] {
  const folds = assignFolds(target, settings.folds, random);
  return Array.from({ length: bags }, (_, fold) => ({
    features,
    target,
    heldOut: folds.map((assigned) => (assigned === fold ? 1 : 0)),
    settings,
    rounds,
    pairs,
    seed: random.below(4294967296),
  }));
}

/** Any pair may be tried first; those that explain most beyond their two features stay. Only rows of the run are seen. */
async function choosePairs(input: BoostBagsInput, random: Random, run: RunBags): Promise<Uint8Array> {
  const { features, settings } = input;
  const bags = Math.min(PAIR_BAGS, settings.folds);
  const tried = await run(bagInputs(input, random, bags, settings.pairRounds, mayPair(input)));
  const sums = makeTableSums(features);
  for (const { trees } of tried) addTrees(sums, trees, settings.pairRounds, 1 / bags);
  const ranked = Array.from(sums.pairs.values(), (pair) => ({ pair, worth: interactionVariance(pair, features) }));
  ranked.sort((a, b) => b.worth - a.worth || a.pair.one - b.pair.one || a.pair.other - b.pair.other);
  const allowed = new Uint8Array(features.length * features.length);
  for (const { pair } of ranked.slice(0, settings.pairsMax)) {
    allowed[pair.one * features.length + pair.other] = 1;
    allowed[pair.other * features.length + pair.one] = 1;
  }
  return allowed;
}

/** Any two features, or one of them the segment. */
function mayPair({ features, segment }: BoostBagsInput): Uint8Array | null {
  if (segment === undefined) return null;
  const count = features.length;
  return Uint8Array.from({ length: count * count }, (_, key) =>
    Math.floor(key / count) === segment || key % count === segment ? 1 : 0,
  );
}

/** One number of rounds for all bags: the one with the lowest held-out loss summed over them. */
function chooseRounds(bags: readonly BoostedBag[]): number {
  const rounds = bags[0]?.heldOutLoss.length ?? 0;
  let best = 0;
  let bestLoss = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    const loss = bags.reduce((sum, bag) => sum + (bag.heldOutLoss[round] ?? 0), 0);
    if (loss < bestLoss) {
      best = round;
      bestLoss = loss;
    }
  }
  return best + 1;
}

function averageBags(
  input: BoostBagsInput,
  inputs: readonly BoostInput[],
  bags: readonly BoostedBag[],
  rounds: number,
): BoostedTables {
  const sums = makeTableSums(input.features);
  const outOfBagLogOdds = new Float64Array(input.target.length);
  bags.forEach((bag, index) => {
    sums.constant += bag.startLogOdds / bags.length;
    addTrees(sums, bag.trees, rounds, 1 / bags.length);
    const own = makeTableSums(input.features);
    own.constant = bag.startLogOdds;
    addTrees(own, bag.trees, rounds, 1);
    addHeldOut(
      outOfBagLogOdds,
      own,
      input.features,
      inputs[index]?.heldOut ?? new Uint8Array(),
      input.settings.repeats,
    );
  });
  return { rounds, sums, outOfBagLogOdds };
}

function addHeldOut(
  logOdds: Float64Array,
  sums: TableSums,
  features: readonly BinnedFeature[],
  heldOut: Uint8Array,
  repeats: number,
): void {
  const pairs = [...sums.pairs.values()];
  for (let row = 0; row < heldOut.length; row += 1) {
    if (heldOut[row] === 0) continue;
    let sum = sums.constant;
    for (let feature = 0; feature < features.length; feature += 1) {
      sum += sums.mains[feature]?.[features[feature]?.bins[row] ?? 0] ?? 0;
    }
    for (const pair of pairs) {
      const cell = (features[pair.one]?.bins[row] ?? 0) * pair.columns + (features[pair.other]?.bins[row] ?? 0);
      sum += pair.logOdds[cell] ?? 0;
    }
    logOdds[row] = (logOdds[row] ?? 0) + sum / repeats;
  }
}
