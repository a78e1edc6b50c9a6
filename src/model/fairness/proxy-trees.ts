// Boosted trees of one question a level (oblivious trees), on features cut into a few bins: small, quick, and able to see
// what features say together. Only the fairness audit uses them; nothing is decided by them.
import { sigmoid } from '../base-rate.ts';

/** The last one stands for a missing value. */
export const PROXY_BINS = 24;
const TREES = 60;
const DEPTH = 4;
const LEARNING_RATE = 0.2;
/** Pulls leaves that rest on few rows towards nothing. */
const L2 = 20;

/** Bin of every row, by feature. */
export type BinnedRows = readonly Uint8Array[];

interface Question {
  readonly feature: number;
  /** Bins above it go one way, this and those below the other. */
  readonly upTo: number;
}

interface Tree {
  readonly questions: readonly Question[];
  readonly values: Float64Array;
}

export interface Trees {
  readonly start: number;
  readonly trees: readonly Tree[];
}

export function boostTrees(bins: BinnedRows, member: Uint8Array, train: Uint32Array): Trees {
  // Everything below is by place among the training rows: side by side in memory, which is most of the speed.
  const own = bins.map((column) => Uint8Array.from(train, (row) => column[row] ?? 0));
  const target = Uint8Array.from(train, (row) => member[row] ?? 0);
  const members = target.reduce((sum, value) => sum + value, 0);
  const start = Math.log(members / (train.length - members));
  const scores = new Float64Array(train.length).fill(start);
  const trees = Array.from({ length: TREES }, () => {
    const { tree, leaves } = growTree(own, weighRows(target, scores));
    for (let place = 0; place < scores.length; place += 1) {
      scores[place] = (scores[place] as number) + (tree.values[leaves[place] as number] as number);
    }
    return tree;
  });
  return { start, trees };
}

export function scoreRow(bins: BinnedRows, { start, trees }: Trees, row: number): number {
  return trees.reduce((sum, { questions, values }) => {
    const leaf = questions.reduce((at, { feature, upTo }) => 2 * at + ((bins[feature]?.[row] ?? 0) > upTo ? 1 : 0), 0);
    return sum + (values[leaf] ?? 0);
  }, start);
}

/** Where each training row pulls its score to, and how strongly. */
interface Pull {
  readonly gradients: Float64Array;
  readonly weights: Float64Array;
}

function weighRows(target: Uint8Array, scores: Float64Array): Pull {
  const gradients = new Float64Array(target.length);
  const weights = new Float64Array(target.length);
  for (let place = 0; place < target.length; place += 1) {
    const chance = sigmoid(scores[place] as number);
    gradients[place] = (target[place] as number) - chance;
    weights[place] = chance * (1 - chance);
  }
  return { gradients, weights };
}

const NO_BINS = new Uint8Array(0);

function growTree(bins: BinnedRows, pull: Pull): { tree: Tree; leaves: Int32Array } {
  const leaves = new Int32Array(pull.gradients.length);
  const questions: Question[] = [];
  for (let level = 0; level < DEPTH; level += 1) {
    const question = findQuestion(bins, pull, leaves, 1 << level);
    questions.push(question);
    const own = bins[question.feature] ?? NO_BINS;
    for (let place = 0; place < leaves.length; place += 1) {
      leaves[place] = 2 * (leaves[place] as number) + ((own[place] as number) > question.upTo ? 1 : 0);
    }
  }
  const sums = sumByCell(pull, leaves, 1, new Uint8Array(leaves.length), 1 << DEPTH);
  const values = sums.gradients.map((sum, leaf) => (LEARNING_RATE * sum) / ((sums.weights[leaf] as number) + L2));
  return { tree: { questions, values }, leaves };
}

function findQuestion(bins: BinnedRows, pull: Pull, leaves: Int32Array, leafCount: number): Question {
  let best: Question & { gain: number } = { feature: 0, upTo: PROXY_BINS, gain: Number.NEGATIVE_INFINITY };
  bins.forEach((own, feature) => {
    const sums = sumByCell(pull, leaves, PROXY_BINS, own, leafCount * PROXY_BINS);
    const gains = new Float64Array(PROXY_BINS - 1);
    for (let leaf = 0; leaf < leafCount; leaf += 1) addGains(gains, sums, leaf * PROXY_BINS);
    gains.forEach((gain, upTo) => {
      if (gain > best.gain) best = { feature, upTo, gain };
    });
  });
  return best;
}

/** Sums over the cells `leaf * width + bin`. */
function sumByCell(
  { gradients, weights }: Pull,
  leaves: Int32Array,
  width: number,
  bins: Uint8Array,
  cells: number,
): Pull {
  const gradientSums = new Float64Array(cells);
  const weightSums = new Float64Array(cells);
  for (let place = 0; place < gradients.length; place += 1) {
    const cell = (leaves[place] as number) * width + (bins[place] as number);
    gradientSums[cell] = (gradientSums[cell] as number) + (gradients[place] as number);
    weightSums[cell] = (weightSums[cell] as number) + (weights[place] as number);
  }
  return { gradients: gradientSums, weights: weightSums };
}

/** What every question about one leaf, whose bins begin at `from`, would win. */
function addGains(gains: Float64Array, { gradients, weights }: Pull, from: number): void {
  let allGradients = 0;
  let allWeights = 0;
  for (let bin = 0; bin < PROXY_BINS; bin += 1) {
    allGradients += gradients[from + bin] as number;
    allWeights += weights[from + bin] as number;
  }
  let g = 0;
  let h = 0;
  for (let bin = 0; bin < PROXY_BINS - 1; bin += 1) {
    g += gradients[from + bin] as number;
    h += weights[from + bin] as number;
    const rest = allGradients - g;
    gains[bin] = (gains[bin] as number) + (g * g) / (h + L2) + (rest * rest) / (allWeights - h + L2);
  }
}
