// The bags of one repeat: one without each fold of the rows.
import type { TrainingSettings } from '../training-spec.ts';
import type { BinnedFeature } from './bin-feature.ts';
import type { BoostedBag, BoostInput } from './boost-bag.ts';
import type { Random } from './random.ts';

/** Boosts several bags, in order; a pool of threads may do it, each bag alone gives the same. */
export type RunBags = (inputs: readonly BoostInput[]) => Promise<readonly BoostedBag[]>;

export interface BagRows {
  readonly features: readonly BinnedFeature[];
  readonly target: Uint8Array;
  readonly settings: TrainingSettings;
}

/** What the bags of one repeat learn from. */
export interface Lesson {
  /** Which fold every row lies in. */
  readonly folds: Uint8Array;
  /** Per fold, the labels of the bag without it; absent: the outcomes. */
  readonly labels?: readonly Float64Array[] | undefined;
}

export type BagPlan = Lesson & Pick<BoostInput, 'rounds' | 'depth' | 'pairs'> & { readonly bags: number };

export function makeBagInputs({ features, target, settings }: BagRows, plan: BagPlan, random: Random): BoostInput[] {
  const { bags, folds, labels, ...common } = plan;
  return Array.from({ length: bags }, (_, fold) => ({
    features,
    target,
    settings,
    ...common,
    labels: labels?.[fold],
    heldOut: folds.map((assigned) => (assigned === fold ? 1 : 0)),
    seed: random.below(4294967296),
  }));
}

/** One number of rounds for all bags: the one with the lowest held-out loss summed over them. */
export function chooseRounds(bags: readonly BoostedBag[]): number {
  const rounds = Math.min(...bags.map((bag) => bag.heldOutLoss.length));
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
