// Gradient boosting on one bag of rows: every round adds a tree, grown on a part of the rows and features. Trees of two
// levels add up to a table per feature and a table per pair; deeper ones only teach.
import { logit } from '../base-rate.ts';
import type { TrainingSettings } from '../training-spec.ts';
import type { BinnedFeature } from './bin-feature.ts';
import { type Grower, growTree, makeGrower } from './grow-tree.ts';
import { type OrderedBins, orderBins } from './ordered-bins.ts';
import { createRandom, type Random, shuffle } from './random.ts';
import { applyTree, makeTrees, SIDES, type Trees } from './trees.ts';

// Taken once: inside a sandbox (a test runner's, say) every `Math.` is a slow look-up, and these run 40 million times.
const { exp, log } = Math;

export interface BoostInput {
  readonly features: readonly BinnedFeature[];
  readonly target: Uint8Array;
  /** What the bag learns from instead of the target: 0 to 1. */
  readonly labels?: Float64Array | undefined;
  /** 1 for rows this bag never learns from; their loss tells when to stop. */
  readonly heldOut: Uint8Array;
  readonly settings: TrainingSettings;
  readonly rounds: number;
  readonly depth: number;
  /** 1 at `one * features + other` where the two may share a tree; null: any two. */
  readonly pairs: Uint8Array | null;
  readonly seed: number;
}

export interface BoostedBag {
  readonly startLogOdds: number;
  readonly trees: Trees;
  /** Sum of the log-loss over the held-out rows after each round; as many as were boosted. */
  readonly heldOutLoss: Float64Array;
}

// How long a bag goes on after its best round: others may be best later, and all are to stop at one round.
const PATIENCE_SHARE = 1.5;
const PATIENCE_ROUNDS = 61;

/** The rows of one side of the bag, gathered so that the inner loops run over dense memory. */
interface Rows {
  readonly bins: readonly Uint8Array[];
  readonly labels: Float64Array;
  readonly logOdds: Float64Array;
}

export function boostBag(input: BoostInput): BoostedBag {
  const { settings, rounds } = input;
  const bins = input.features.map((feature) => orderBins(feature, input.target, input.heldOut));
  const inBag = gatherRows(input, bins, 0);
  const out = gatherRows(input, bins, 1);
  const startLogOdds = logit(inBag.labels.reduce((sum, value) => sum + value, 0) / inBag.labels.length);
  inBag.logOdds.fill(startLogOdds);
  out.logOdds.fill(startLogOdds);
  const grower = makeGrower(
    { depth: input.depth, settings, bins, rowBins: inBag.bins, pairs: input.pairs },
    inBag.labels.length,
  );
  const random = createRandom(input.seed);
  const order = Uint32Array.from(input.features.keys());
  const trees = makeTrees(rounds, input.depth);
  const heldOutLoss = new Float64Array(rounds);
  let best = 0;
  for (let round = 0; round < rounds; round += 1) {
    fillMoments(inBag, grower.moments);
    const candidates = chooseFeatures(order, settings.featureShare, random);
    const rows = chooseRows(grower, inBag.labels.length, settings.rowShare, random);
    if (growTree(grower, trees, round, rows, candidates)) {
      applyTree(trees, round, inBag.bins, inBag.logOdds);
      applyTree(trees, round, out.bins, out.logOdds);
    }
    heldOutLoss[round] = sumLogLoss(out);
    if ((heldOutLoss[round] as number) < (heldOutLoss[best] as number)) best = round;
    if (round < PATIENCE_SHARE * best + PATIENCE_ROUNDS) continue;
    return { startLogOdds, trees: inArtefactBins(trees, bins), heldOutLoss: heldOutLoss.slice(0, round + 1) };
  }
  return { startLogOdds, trees: inArtefactBins(trees, bins), heldOutLoss };
}

function gatherRows(input: BoostInput, bins: readonly OrderedBins[], side: 0 | 1): Rows {
  const rows = Uint32Array.from(input.target.keys()).filter((row) => input.heldOut[row] === side);
  const labels = side === 0 ? (input.labels ?? input.target) : input.target;
  return {
    bins: input.features.map((feature, index) => {
      const placeOf = bins[index]?.placeOf ?? new Uint8Array();
      return Uint8Array.from(rows, (row) => placeOf[feature.bins[row] ?? 0] ?? 0);
    }),
    labels: Float64Array.from(rows, (row) => labels[row] ?? 0),
    logOdds: new Float64Array(rows.length),
  };
}

function chooseFeatures(order: Uint32Array, share: number, random: Random): Uint32Array {
  const count = Math.max(1, Math.round(share * order.length));
  return count < order.length ? shuffle(order, random).subarray(0, count) : order;
}

/** Rows of the next tree to the front of `order`, in rising order. */
function chooseRows({ order }: Grower, rows: number, share: number, random: Random): number {
  if (share >= 1) {
    for (let row = 0; row < rows; row += 1) order[row] = row;
    return rows;
  }
  const bound = Math.round(share * 65_536);
  let count = 0;
  for (let row = 0; row < rows; row += 1) {
    order[count] = row;
    if (random.below(65_536) < bound) count += 1;
  }
  return count;
}

function fillMoments({ logOdds, labels }: Rows, moments: Float64Array): void {
  for (let row = 0; row < labels.length; row += 1) {
    const p = 1 / (1 + exp(-(logOdds[row] as number)));
    moments[2 * row] = (labels[row] as number) - p;
    moments[2 * row + 1] = p * (1 - p);
  }
}

function sumLogLoss({ logOdds, labels }: Rows): number {
  let loss = 0;
  for (let row = 0; row < labels.length; row += 1) {
    const z = logOdds[row] as number;
    loss += log(1 + exp((labels[row] as number) === 1 ? -z : z));
  }
  return loss;
}

/** Sides by the artefact's bins instead of the bag's own order, so that bags can be added up. */
function inArtefactBins(trees: Trees, bins: readonly OrderedBins[]): Trees {
  const sides = new Uint8Array(trees.sides.length);
  for (let node = 0; node < trees.features.length; node += 1) {
    const feature = trees.features[node] as number;
    const placeOf = bins[feature]?.placeOf;
    if (placeOf === undefined) continue;
    for (let bin = 0; bin < placeOf.length; bin += 1) {
      sides[node * SIDES + bin] = trees.sides[node * SIDES + (placeOf[bin] as number)] as number;
    }
  }
  return { ...trees, sides };
}
