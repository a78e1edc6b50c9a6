// Many bags instead of one: each repeat cuts the rows into folds and boosts a bag without each fold. The fold left out
// says when all bags stop, and scores its rows honestly; the tables are the mean over the bags.
import { assert } from '../../lib/assert.ts';
import type { TrainingSettings } from '../training-spec.ts';
import type { BinnedFeature } from './bin-feature.ts';
import { type BoostedBag, boostBag, type Direction } from './boost-bag.ts';
import { assignFolds, createRandom } from './random.ts';

export interface BoostBagsInput {
  readonly features: readonly BinnedFeature[];
  readonly directions: readonly Direction[];
  readonly directedFrom: readonly number[];
  readonly target: Uint8Array;
  readonly settings: TrainingSettings;
  readonly seed: number;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface BoostedTables {
  readonly rounds: number;
  readonly startLogOdds: number;
  /** Per feature the log-odds of each bin, the missing bin last. */
  readonly tables: readonly Float64Array[];
  /** Every row's log-odds by the bags that never saw it. */
  readonly outOfBagLogOdds: Float64Array;
}

interface Bag {
  readonly boosted: BoostedBag;
  readonly heldOut: Uint8Array;
}

export function boostBags(input: BoostBagsInput): BoostedTables {
  const { settings } = input;
  const random = createRandom(input.seed);
  const total = settings.folds * settings.repeats;
  const bags: Bag[] = [];
  for (let repeat = 0; repeat < settings.repeats; repeat += 1) {
    const folds = assignFolds(input.target, settings.folds, random);
    for (let fold = 0; fold < settings.folds; fold += 1) {
      const heldOut = folds.map((assigned) => (assigned === fold ? 1 : 0));
      bags.push({ boosted: boostBag({ ...input, heldOut, seed: random.below(4294967296) }), heldOut });
      input.onProgress?.(bags.length, total);
    }
  }
  return averageBags(input, bags, chooseRounds(bags));
}

/** One number of rounds for all bags: the one with the lowest held-out loss summed over them. */
function chooseRounds(bags: readonly Bag[]): number {
  const rounds = bags[0]?.boosted.heldOutLoss.length ?? 0;
  let best = 0;
  let bestLoss = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    const loss = bags.reduce((sum, bag) => sum + (bag.boosted.heldOutLoss[round] ?? 0), 0);
    if (loss < bestLoss) {
      best = round;
      bestLoss = loss;
    }
  }
  return best + 1;
}

function averageBags(input: BoostBagsInput, bags: readonly Bag[], rounds: number): BoostedTables {
  const tables = input.features.map((feature) => new Float64Array(feature.cuts.length + 2));
  const outOfBagLogOdds = new Float64Array(input.target.length);
  let startLogOdds = 0;
  for (const { boosted, heldOut } of bags) {
    const own = tablesOf(input.features, boosted, rounds);
    startLogOdds += boosted.startLogOdds / bags.length;
    own.forEach((table, feature) => {
      addScaled(tables[feature], table, 1 / bags.length);
    });
    for (let row = 0; row < heldOut.length; row += 1) {
      if (heldOut[row] === 0) continue;
      const logOdds = own.reduce(
        (sum, table, feature) => sum + (table[input.features[feature]?.bins[row] ?? 0] ?? 0),
        boosted.startLogOdds,
      );
      outOfBagLogOdds[row] = (outOfBagLogOdds[row] ?? 0) + logOdds / input.settings.repeats;
    }
  }
  return { rounds, startLogOdds, tables, outOfBagLogOdds };
}

/** The cuts of the first rounds, summed up. */
function tablesOf(features: readonly BinnedFeature[], boosted: BoostedBag, rounds: number): Float64Array[] {
  const tables = features.map((feature) => new Float64Array(feature.cuts.length + 2));
  for (const cut of boosted.cuts.slice(0, rounds)) {
    const table = tables[cut.feature];
    assert(table !== undefined, 'a cut names a feature');
    const missingBin = table.length - 1;
    for (let bin = 0; bin < table.length; bin += 1) {
      const move = bin < cut.cut ? cut.low : bin === missingBin ? cut.missing : cut.high;
      table[bin] = (table[bin] ?? 0) + move;
    }
  }
  return tables;
}

function addScaled(sum: Float64Array | undefined, values: Float64Array, factor: number): void {
  assert(sum !== undefined && sum.length === values.length, 'tables of one feature have one length');
  for (let index = 0; index < values.length; index += 1) sum[index] = (sum[index] ?? 0) + (values[index] ?? 0) * factor;
}
