// Gradient boosting of mains and pairs on one bag of rows: every round adds a tree of at most two levels, so the sum of
// all rounds is a table per feature and a table per pair. A tree that would break a feature's direction is never grown.
import { logit } from '../base-rate.ts';
import type { TrainingSettings } from '../training-spec.ts';
import type { BinnedFeature } from './bin-feature.ts';
import { type Bounds, findSplit, type Histogram, REST_RIGHT, type Split, UNBOUNDED } from './find-split.ts';
import { type OrderedBins, orderBins } from './ordered-bins.ts';
import { createRandom, type Random, shuffle } from './random.ts';
import { LEAVES, makeTrees, SIDES, type Trees } from './trees.ts';

// Taken once: inside a sandbox (a test runner's, say) every `Math.` is a slow look-up, and these run 40 million times.
const { exp, log } = Math;

export interface BoostInput {
  readonly features: readonly BinnedFeature[];
  readonly target: Uint8Array;
  /** 1 for rows this bag never learns from; their loss tells when to stop. */
  readonly heldOut: Uint8Array;
  readonly settings: TrainingSettings;
  readonly rounds: number;
  /** 1 at `one * features + other` where the two may share a tree; null: any two. */
  readonly pairs: Uint8Array | null;
  readonly seed: number;
}

export interface BoostedBag {
  readonly startLogOdds: number;
  readonly trees: Trees;
  /** Sum of the log-loss over the held-out rows after each round. */
  readonly heldOutLoss: Float64Array;
}

/** The rows of one side of the bag, gathered so that the inner loops run over dense memory. */
interface Rows {
  readonly bins: readonly Uint8Array[];
  readonly target: Uint8Array;
  readonly logOdds: Float64Array;
}

interface Bag {
  readonly input: BoostInput;
  readonly bins: readonly OrderedBins[];
  readonly inBag: Rows;
  readonly gradient: Float64Array;
  readonly curvature: Float64Array;
  /** The sums over all rows, per feature; the two of a level below. */
  readonly atRoot: readonly Histogram[];
  readonly smaller: Histogram;
  readonly larger: Histogram;
  readonly all: Uint32Array;
  readonly chosen: Uint32Array;
}

interface Found {
  readonly feature: number;
  readonly split: Split;
}

export function boostBag(input: BoostInput): BoostedBag {
  const bins = input.features.map((feature) => orderBins(feature, input.target, input.heldOut));
  const inBag = gatherRows(input, bins, 0);
  const out = gatherRows(input, bins, 1);
  const startLogOdds = logit(inBag.target.reduce((sum, value) => sum + value, 0) / inBag.target.length);
  inBag.logOdds.fill(startLogOdds);
  out.logOdds.fill(startLogOdds);
  const bag = makeBag(input, bins, inBag);
  const random = createRandom(input.seed);
  const order = Uint32Array.from(input.features.keys());
  const trees = makeTrees(input.rounds);
  const heldOutLoss = new Float64Array(input.rounds);
  for (let round = 0; round < input.rounds; round += 1) {
    fillGradients(bag);
    if (growTree(bag, trees, round, chooseFeatures(order, input.settings.featureShare, random))) {
      applyTree(inBag, trees, round);
      applyTree(out, trees, round);
    }
    heldOutLoss[round] = sumLogLoss(out);
  }
  return { startLogOdds, trees: inArtefactBins(trees, bins), heldOutLoss };
}

function gatherRows(input: BoostInput, bins: readonly OrderedBins[], side: 0 | 1): Rows {
  const rows = Uint32Array.from(input.target.keys()).filter((row) => input.heldOut[row] === side);
  return {
    bins: input.features.map((feature, index) => {
      const placeOf = bins[index]?.placeOf ?? new Uint8Array();
      return Uint8Array.from(rows, (row) => placeOf[feature.bins[row] ?? 0] ?? 0);
    }),
    target: Uint8Array.from(rows, (row) => input.target[row] ?? 0),
    logOdds: new Float64Array(rows.length),
  };
}

function makeBag(input: BoostInput, bins: readonly OrderedBins[], inBag: Rows): Bag {
  const rows = inBag.target.length;
  const histogram = (): Histogram => ({ gradient: new Float64Array(SIDES), curvature: new Float64Array(SIDES) });
  return {
    input,
    bins,
    inBag,
    gradient: new Float64Array(rows),
    curvature: new Float64Array(rows),
    atRoot: bins.map(histogram),
    smaller: histogram(),
    larger: histogram(),
    all: Uint32Array.from(inBag.target.keys()),
    chosen: new Uint32Array(rows),
  };
}

function chooseFeatures(order: Uint32Array, share: number, random: Random): Uint32Array {
  const count = Math.max(1, Math.round(share * order.length));
  return count < order.length ? shuffle(order, random).subarray(0, count) : order;
}

function fillGradients({ inBag: { logOdds, target }, gradient, curvature }: Bag): void {
  for (let row = 0; row < target.length; row += 1) {
    const p = 1 / (1 + exp(-(logOdds[row] as number)));
    gradient[row] = (target[row] as number) - p;
    curvature[row] = p * (1 - p);
  }
}

/** Two levels: the best split of all rows, then the best split of each side, where one is worth anything. */
function growTree(bag: Bag, trees: Trees, round: number, candidates: Uint32Array): boolean {
  const { features: count } = { features: bag.bins.length };
  const { settings, pairs } = bag.input;
  let root: Found | null = null;
  for (const feature of candidates) {
    const histogram = bag.atRoot[feature] as Histogram;
    fillHistogram(histogram, bag.inBag.bins[feature] as Uint8Array, bag.all, bag.all.length, bag);
    const split = findSplit(histogram, bag.bins[feature] as OrderedBins, settings, UNBOUNDED);
    if (split !== null && (root === null || split.gain > root.split.gain)) root = { feature, split };
  }
  if (root === null) return false;
  const side = writeSide(trees, 3 * round, root, bag.bins[root.feature] as OrderedBins);
  const middle = writeMiddle(trees, round, root, bag);
  const rightRows = countRight(bag.inBag.bins[root.feature] as Uint8Array, side);
  const smallIsRight = rightRows * 2 <= bag.all.length;
  const smallRows = takeSide(bag, root.feature, side, smallIsRight ? 1 : 0);
  const bounds = boundSides(root, middle, bag.bins[root.feature] as OrderedBins);
  let left: Found | null = null;
  let right: Found | null = null;
  for (const feature of candidates) {
    if (feature !== root.feature && pairs !== null && pairs[root.feature * count + feature] === 0) continue;
    const bins = bag.bins[feature] as OrderedBins;
    fillHistogram(bag.smaller, bag.inBag.bins[feature] as Uint8Array, bag.chosen, smallRows, bag);
    subtract(bag.larger, bag.atRoot[feature] as Histogram, bag.smaller, bins.count);
    const [onLeft, onRight] = smallIsRight ? [bag.larger, bag.smaller] : [bag.smaller, bag.larger];
    const splitLeft = findSplit(onLeft, bins, settings, bounds.left);
    const splitRight = findSplit(onRight, bins, settings, bounds.right);
    if (splitLeft !== null && (left === null || splitLeft.gain > left.split.gain)) left = { feature, split: splitLeft };
    if (splitRight !== null && (right === null || splitRight.gain > right.split.gain)) {
      right = { feature, split: splitRight };
    }
  }
  writeLeaves(bag, trees, round, root, left, right);
  return true;
}

function fillHistogram(histogram: Histogram, bins: Uint8Array, rows: Uint32Array, count: number, bag: Bag): void {
  const { gradient: g, curvature: h } = histogram;
  const { gradient, curvature } = bag;
  g.fill(0);
  h.fill(0);
  for (let place = 0; place < count; place += 1) {
    const row = rows[place] as number;
    const bin = bins[row] as number;
    g[bin] = (g[bin] as number) + (gradient[row] as number);
    h[bin] = (h[bin] as number) + (curvature[row] as number);
  }
}

function subtract(into: Histogram, whole: Histogram, part: Histogram, count: number): void {
  for (let bin = 0; bin < count; bin += 1) {
    into.gradient[bin] = (whole.gradient[bin] as number) - (part.gradient[bin] as number);
    into.curvature[bin] = (whole.curvature[bin] as number) - (part.curvature[bin] as number);
  }
}

function writeSide(trees: Trees, node: number, { feature, split }: Found, bins: OrderedBins): Uint8Array {
  trees.features[node] = feature;
  const side = trees.sides.subarray(node * SIDES, (node + 1) * SIDES);
  for (let bin = 0; bin < bins.count; bin += 1) {
    if (split.special >= 0) side[bin] = bin === bins.ordered + split.special ? 1 : 0;
    else if (bin < bins.ordered) side[bin] = bin >= split.cut ? 1 : 0;
    else side[bin] = split.special === REST_RIGHT ? 1 : 0;
  }
  return side;
}

function isDirected({ split }: Found, bins: OrderedBins): boolean {
  return bins.direction !== 0 && split.special < 0 && split.cut >= bins.directedFrom;
}

/** What both sides of a directed split must stay on their own side of; taken out of the tables, they keep the direction. */
function writeMiddle(trees: Trees, round: number, root: Found, bag: Bag): number {
  const middle = (root.split.left + root.split.right) / 2;
  const directed = isDirected(root, bag.bins[root.feature] as OrderedBins);
  trees.middles[round] = directed ? middle * bag.input.settings.learningRate : 0;
  return middle;
}

function boundSides(root: Found, middle: number, bins: OrderedBins): { left: Bounds; right: Bounds } {
  if (!isDirected(root, bins)) return { left: UNBOUNDED, right: UNBOUNDED };
  const below: Bounds = { low: UNBOUNDED.low, high: middle };
  const above: Bounds = { low: middle, high: UNBOUNDED.high };
  return bins.direction > 0 ? { left: below, right: above } : { left: above, right: below };
}

function countRight(bins: Uint8Array, side: Uint8Array): number {
  let count = 0;
  for (let row = 0; row < bins.length; row += 1) count += side[bins[row] as number] as number;
  return count;
}

function takeSide(bag: Bag, feature: number, side: Uint8Array, wanted: 0 | 1): number {
  const bins = bag.inBag.bins[feature] as Uint8Array;
  const { chosen } = bag;
  let count = 0;
  for (let row = 0; row < bins.length; row += 1) {
    if (side[bins[row] as number] !== wanted) continue;
    chosen[count] = row;
    count += 1;
  }
  return count;
}

function writeLeaves(
  bag: Bag,
  trees: Trees,
  round: number,
  root: Found,
  left: Found | null,
  right: Found | null,
): void {
  const rate = bag.input.settings.learningRate;
  if (left !== null) writeSide(trees, 3 * round + 1, left, bag.bins[left.feature] as OrderedBins);
  if (right !== null) writeSide(trees, 3 * round + 2, right, bag.bins[right.feature] as OrderedBins);
  trees.leaves.set(
    [
      (left?.split.left ?? root.split.left) * rate,
      (left?.split.right ?? root.split.left) * rate,
      (right?.split.left ?? root.split.right) * rate,
      (right?.split.right ?? root.split.right) * rate,
    ],
    LEAVES * round,
  );
}

function applyTree({ bins, logOdds }: Rows, trees: Trees, round: number): void {
  const root = trees.features[3 * round] as number;
  const left = trees.features[3 * round + 1] as number;
  const right = trees.features[3 * round + 2] as number;
  const [sideRoot, sideLeft, sideRight] = [0, 1, 2].map((node) =>
    trees.sides.subarray((3 * round + node) * SIDES, (3 * round + node + 1) * SIDES),
  ) as [Uint8Array, Uint8Array, Uint8Array];
  const [v0, v1, v2, v3] = trees.leaves.subarray(LEAVES * round, LEAVES * (round + 1)) as unknown as [
    number,
    number,
    number,
    number,
  ];
  const ofRoot = bins[root] as Uint8Array;
  const ofLeft = bins[left < 0 ? root : left] as Uint8Array;
  const ofRight = bins[right < 0 ? root : right] as Uint8Array;
  for (let row = 0; row < logOdds.length; row += 1) {
    const move =
      sideRoot[ofRoot[row] as number] === 1
        ? sideRight[ofRight[row] as number] === 1
          ? v3
          : v2
        : sideLeft[ofLeft[row] as number] === 1
          ? v1
          : v0;
    logOdds[row] = (logOdds[row] as number) + move;
  }
}

function sumLogLoss({ logOdds, target }: Rows): number {
  let loss = 0;
  for (let row = 0; row < target.length; row += 1) {
    const z = logOdds[row] as number;
    loss += log(1 + exp((target[row] as number) === 1 ? -z : z));
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
