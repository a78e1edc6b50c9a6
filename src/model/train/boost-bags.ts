// Many bags instead of one: each repeat cuts the rows into folds and boosts a bag without each fold. The fold left out
// says when all bags stop, and scores its rows honestly; the tables are the mean over the bags.
import type { TrainingSettings } from '../training-spec.ts';
import { chooseRounds, type Lesson, makeBagInputs, type RunBags } from './bag-inputs.ts';
import type { BinnedFeature } from './bin-feature.ts';
import { type BoostedBag, type BoostInput, boostBag } from './boost-bag.ts';
import { choosePairs } from './choose-pairs.ts';
import { assignFolds, createRandom } from './random.ts';
import { addTrees, makeTableSums, type TableSums } from './sum-trees.ts';
import { teachLabels } from './teach-labels.ts';
import { TABLE_DEPTH } from './trees.ts';

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

export async function boostBags(input: BoostBagsInput): Promise<BoostedTables> {
  const random = createRandom(input.seed);
  const run = input.runBags ?? runInTurn;
  const { folds: perRepeat, repeats, roundsMax } = input.settings;
  const lessons: Lesson[] = [];
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    const folds = assignFolds(input.target, perRepeat, random);
    lessons.push({ folds, labels: await teachLabels(input, folds, random, run) });
  }
  const pairs = await choosePairs(input, lessons[0] as Lesson, input.segment, random, run);
  const plan = { bags: perRepeat, rounds: roundsMax, depth: TABLE_DEPTH, pairs };
  const inputs = lessons.flatMap((lesson) => makeBagInputs(input, { ...plan, ...lesson }, random));
  const bags = await run(inputs);
  return averageBags(input, inputs, bags, chooseRounds(bags));
}

async function runInTurn(inputs: readonly BoostInput[]): Promise<readonly BoostedBag[]> {
  return inputs.map(boostBag);
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
