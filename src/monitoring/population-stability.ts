// How far recent customers have moved from those a model was trained on: the population stability index with the part
// that chance alone would bring, and a test whether it was chance. An alarm needs both, a shift that matters and one that
// is no accident, so that few customers do not alarm by noise nor many of them on a trifle.
import { chiSquareTail } from '../lib/statistics/chance.ts';
import type { Verdict } from './verdict.ts';

/** Rows in each bin: first those of the values in rising order, last that of missing values. */
export type BinCounts = readonly number[];

export interface Stability {
  readonly referenceRows: number;
  readonly recentRows: number;
  /** Bins that were compared, after thin ones were joined. */
  readonly bins: number;
  readonly psi: number;
  /** What the index would come to if nothing had shifted, from the two numbers of rows alone. */
  readonly psiByChance: number;
  /** `psi` less `psiByChance`, never below 0: what the verdict looks at. */
  readonly shift: number;
  /** Of so much difference or more without any shift; not corrected for looking at several features. */
  readonly pValue: number;
}

export const SHIFT_TO_WATCH = 0.1;
export const SHIFT_TO_ACT = 0.25;
/** Beyond this even an unmoved population shows half of what is to be watched. */
export const PSI_BY_CHANCE_MAX = 0.05;
/** However few bins there are. */
const ROWS_MIN = 100;
const SIGNIFICANT = 0.01;
/** Neighbouring bins are joined until each holds such a share of the reference. */
const REFERENCE_SHARE_MIN = 0.05;

const NOTHING_TO_COMPARE = { bins: 0, psi: 0, psiByChance: 0, shift: 0, pValue: 1 } as const;

export function computeStability(reference: BinCounts, recent: BinCounts): Stability {
  const joined = joinThinBins(reference, recent);
  const referenceRows = sum(reference);
  const recentRows = sum(recent);
  if (referenceRows === 0 || recentRows === 0) return { referenceRows, recentRows, ...NOTHING_TO_COMPARE };
  const bins = joined.reference.length;
  const psi = computePsi(joined.reference, joined.recent);
  const psiByChance = (bins - 1) * (1 / recentRows + 1 / referenceRows);
  const pValue = bins < 2 ? 1 : chiSquareTail(computeChiSquare(joined.reference, joined.recent), bins - 1);
  return { referenceRows, recentRows, bins, psi, psiByChance, shift: Math.max(psi - psiByChance, 0), pValue };
}

/** `pValue` as corrected for everything that is looked at together. */
export function judgeStability(
  { shift, psiByChance, recentRows }: Pick<Stability, 'shift' | 'psiByChance' | 'recentRows'>,
  pValue: number,
): Verdict {
  if (recentRows < ROWS_MIN || psiByChance > PSI_BY_CHANCE_MAX) return 'too_few';
  if (pValue > SIGNIFICANT || shift <= SHIFT_TO_WATCH) return 'stable';
  return shift > SHIFT_TO_ACT ? 'act' : 'watch';
}

/** Half a row is added to every bin, so that an empty one has a logarithm. */
export function computePsi(reference: BinCounts, recent: BinCounts): number {
  const shareOf = (counts: BinCounts, index: number) => (at(counts, index) + 0.5) / (sum(counts) + 0.5 * counts.length);
  return reference.reduce((total, _, index) => {
    const before = shareOf(reference, index);
    const now = shareOf(recent, index);
    return total + (now - before) * Math.log(now / before);
  }, 0);
}

/** Of homogeneity, two rows by so many columns. */
function computeChiSquare(reference: BinCounts, recent: BinCounts): number {
  const m = sum(reference);
  const n = sum(recent);
  return reference.reduce((total, r, index) => {
    const c = at(recent, index);
    const gap = r * n - c * m;
    return total + (gap * gap) / (m * n * (r + c));
  }, 0);
}

/** Bins of values are joined with their neighbours, that of missing values stays by itself while it holds enough. */
function joinThinBins(reference: BinCounts, recent: BinCounts): { reference: number[]; recent: number[] } {
  const joined = { reference: [] as number[], recent: [] as number[] };
  const wanted = REFERENCE_SHARE_MIN * sum(reference.slice(0, -1));
  let r = 0;
  let c = 0;
  for (let bin = 0; bin < reference.length - 1; bin += 1) {
    r += at(reference, bin);
    c += at(recent, bin);
    if (r < wanted || r === 0) continue;
    push(joined, r, c);
    r = 0;
    c = 0;
  }
  mergeIntoLast(joined, r, c);
  const missing = { r: at(reference, reference.length - 1), c: at(recent, recent.length - 1) };
  const expected = (missing.r + missing.c) * (sum(recent) / (sum(recent) + sum(reference)));
  if (expected >= 1) push(joined, missing.r, missing.c);
  else mergeIntoLast(joined, missing.r, missing.c);
  return joined;
}

function push(joined: { reference: number[]; recent: number[] }, r: number, c: number): void {
  joined.reference.push(r);
  joined.recent.push(c);
}

function mergeIntoLast(joined: { reference: number[]; recent: number[] }, r: number, c: number): void {
  if (r + c === 0) return;
  const last = joined.reference.length - 1;
  if (last < 0) {
    push(joined, r, c);
    return;
  }
  joined.reference[last] = at(joined.reference, last) + r;
  joined.recent[last] = at(joined.recent, last) + c;
}

function sum(counts: BinCounts): number {
  return counts.reduce((total, count) => total + count, 0);
}

function at(counts: BinCounts, index: number): number {
  return counts[index] ?? 0;
}
