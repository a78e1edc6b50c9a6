// Gradient boosting of an additive model on one bag of rows: every round adds one cut of one feature, so the sum of all
// rounds is a table per feature. A cut that would break a feature's direction is never taken.
import { logit } from '../base-rate.ts';
import type { TrainingSettings } from '../training-spec.ts';
import type { BinnedFeature } from './bin-feature.ts';
import { createRandom, shuffle } from './random.ts';

// Taken once: inside a sandbox (a test runner's, say) every `Math.` is a slow look-up, and these run 40 million times.
const { exp, log } = Math;

/** 1 when risk may only rise with the feature, -1 when it may only fall, 0 when it is free. */
export type Direction = -1 | 0 | 1;

export interface BoostInput {
  readonly features: readonly BinnedFeature[];
  readonly directions: readonly Direction[];
  /** Per feature the lowest value from which the direction holds. */
  readonly directedFrom: readonly number[];
  readonly target: Uint8Array;
  /** 1 for rows this bag never learns from; their loss tells when to stop. */
  readonly heldOut: Uint8Array;
  readonly settings: TrainingSettings;
  readonly seed: number;
}

/** Bins below `cut` moved by `low`, the others by `high`, the missing bin by `missing`. */
export interface Cut {
  readonly feature: number;
  readonly cut: number;
  readonly low: number;
  readonly high: number;
  readonly missing: number;
}

export interface BoostedBag {
  readonly startLogOdds: number;
  readonly cuts: readonly Cut[];
  /** Sum of the log-loss over the held-out rows after each round. */
  readonly heldOutLoss: Float64Array;
}

/** The rows of one side of the bag, gathered so that the inner loops run over dense memory. */
interface Rows {
  readonly bins: readonly Uint8Array[];
  readonly target: Uint8Array;
  readonly logOdds: Float64Array;
}

interface Histogram {
  readonly gradient: Float64Array;
  readonly curvature: Float64Array;
  readonly rows: Uint32Array;
}

export function boostBag(input: BoostInput): BoostedBag {
  const { settings } = input;
  const inBag = gatherRows(input, 0);
  const out = gatherRows(input, 1);
  const startLogOdds = logit(inBag.target.reduce((sum, value) => sum + value, 0) / inBag.target.length);
  inBag.logOdds.fill(startLogOdds);
  out.logOdds.fill(startLogOdds);
  const gradient = new Float64Array(inBag.target.length);
  const curvature = new Float64Array(inBag.target.length);
  const histogram: Histogram = {
    gradient: new Float64Array(256),
    curvature: new Float64Array(256),
    rows: new Uint32Array(256),
  };
  const random = createRandom(input.seed);
  const candidates = Uint32Array.from(input.features.keys());
  const perRound = Math.max(1, Math.round(settings.featureShare * candidates.length));
  const cuts: Cut[] = [];
  const heldOutLoss = new Float64Array(settings.roundsMax);
  for (let round = 0; round < settings.roundsMax; round += 1) {
    fillGradients(inBag, gradient, curvature);
    if (perRound < candidates.length) shuffle(candidates, random);
    let best: (Cut & { gain: number }) | null = null;
    for (let place = 0; place < perRound; place += 1) {
      const feature = candidates[place] ?? 0;
      fillHistogram(histogram, inBag.bins[feature] as Uint8Array, gradient, curvature);
      const found = findCut(histogram, feature, input);
      if (found !== null && (best === null || found.gain > best.gain)) best = found;
    }
    const cut: Cut = best ?? { feature: 0, cut: 0, low: 0, high: 0, missing: 0 };
    cuts.push(cut);
    applyCut(inBag, cut, input);
    applyCut(out, cut, input);
    heldOutLoss[round] = sumLogLoss(out);
  }
  return { startLogOdds, cuts, heldOutLoss };
}

function gatherRows(input: BoostInput, side: 0 | 1): Rows {
  const rows = Uint32Array.from(input.target.keys()).filter((row) => input.heldOut[row] === side);
  return {
    bins: input.features.map((feature) => Uint8Array.from(rows, (row) => feature.bins[row] ?? 0)),
    target: Uint8Array.from(rows, (row) => input.target[row] ?? 0),
    logOdds: new Float64Array(rows.length),
  };
}

function fillGradients(rows: Rows, gradient: Float64Array, curvature: Float64Array): void {
  const { logOdds, target } = rows;
  for (let row = 0; row < target.length; row += 1) {
    const p = 1 / (1 + exp(-(logOdds[row] as number)));
    gradient[row] = (target[row] as number) - p;
    curvature[row] = p * (1 - p);
  }
}

function fillHistogram(histogram: Histogram, bins: Uint8Array, gradient: Float64Array, curvature: Float64Array): void {
  const { gradient: g, curvature: h, rows } = histogram;
  g.fill(0);
  h.fill(0);
  rows.fill(0);
  for (let row = 0; row < bins.length; row += 1) {
    const bin = bins[row] as number;
    g[bin] = (g[bin] as number) + (gradient[row] as number);
    h[bin] = (h[bin] as number) + (curvature[row] as number);
    rows[bin] = (rows[bin] as number) + 1;
  }
}

/** The best single cut of a feature by the second-order gain, or null when none is allowed. */
function findCut(histogram: Histogram, feature: number, input: BoostInput): (Cut & { gain: number }) | null {
  const { l2, rowsPerBinMin, learningRate } = input.settings;
  const bins = (input.features[feature]?.cuts.length ?? 0) + 1;
  const directedFrom = input.directedFrom[feature] ?? Number.NEGATIVE_INFINITY;
  const direction = input.directions[feature] ?? 0;
  let gradientAll = 0;
  let curvatureAll = 0;
  let rowsAll = 0;
  for (let bin = 0; bin < bins; bin += 1) {
    gradientAll += histogram.gradient[bin] as number;
    curvatureAll += histogram.curvature[bin] as number;
    rowsAll += histogram.rows[bin] as number;
  }
  const missingGradient = histogram.gradient[bins] as number;
  const missingCurvature = (histogram.curvature[bins] as number) + l2;
  const missing = missingGradient === 0 ? 0 : missingGradient / missingCurvature;
  let best: (Cut & { gain: number }) | null = null;
  let gradientLow = 0;
  let curvatureLow = 0;
  let rowsLow = 0;
  for (let cut = 1; cut < bins; cut += 1) {
    gradientLow += histogram.gradient[cut - 1] as number;
    curvatureLow += histogram.curvature[cut - 1] as number;
    rowsLow += histogram.rows[cut - 1] as number;
    if (rowsLow < rowsPerBinMin || rowsAll - rowsLow < rowsPerBinMin) continue;
    const low = gradientLow / (curvatureLow + l2);
    const high = (gradientAll - gradientLow) / (curvatureAll - curvatureLow + l2);
    // Every cut past the start of the directed part keeps the direction, so their sum keeps it too.
    if ((high - low) * direction < 0 && cutAt(input, feature, cut) > directedFrom) continue;
    const gain = gradientLow * low + (gradientAll - gradientLow) * high + missingGradient * missing;
    if (best === null || gain > best.gain) best = { feature, cut, low, high, missing, gain };
  }
  if (best === null) return null;
  return {
    ...best,
    low: best.low * learningRate,
    high: best.high * learningRate,
    missing: best.missing * learningRate,
  };
}

function cutAt(input: BoostInput, feature: number, cut: number): number {
  return input.features[feature]?.cuts[cut - 1] ?? Number.NaN;
}

function applyCut(rows: Rows, cut: Cut, input: BoostInput): void {
  const missingBin = (input.features[cut.feature]?.cuts.length ?? 0) + 1;
  const bins = rows.bins[cut.feature] as Uint8Array;
  const { logOdds } = rows;
  for (let row = 0; row < bins.length; row += 1) {
    const bin = bins[row] as number;
    const move = bin < cut.cut ? cut.low : bin === missingBin ? cut.missing : cut.high;
    logOdds[row] = (logOdds[row] as number) + move;
  }
}

function sumLogLoss(rows: Rows): number {
  const { logOdds, target } = rows;
  let loss = 0;
  for (let row = 0; row < target.length; row += 1) {
    const z = logOdds[row] as number;
    loss += log(1 + exp((target[row] as number) === 1 ? -z : z));
  }
  return loss;
}
