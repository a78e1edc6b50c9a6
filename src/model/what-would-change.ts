// What a customer could do to reach a lower risk: the nearest change of own behaviour, exact on the tables, pairs included.
// It names only what the customer can do from now on, and each feature only in the direction that can be gone.
import { type CompiledScorecard, missingBin } from './compile-scorecard.ts';
import { sumPairs } from './rank-points-lost.ts';
import { sumUnits } from './score.ts';
import { UNITS } from './units.ts';

export interface Change {
  readonly feature: string;
  readonly from: number;
  /** `at_least`: this much or more; `below`: less than this. */
  readonly to: number;
  readonly bound: 'at_least' | 'below';
}

export interface WhatWouldChange {
  readonly changes: readonly Change[];
  /** By how much the log-odds of default fall. */
  readonly logOddsGained: number;
}

/** 1: more of it can be done; -1: less. Everything else is the past, or follows from these. */
export const CHANGEABLE: Readonly<Record<string, 1 | -1>> = {
  payment_ratio_latest: 1,
  log_payment_latest: 1,
  utilisation_latest: -1,
  statements_since_late: 1,
};

interface Move {
  readonly feature: number;
  readonly bin: number;
  /** Share of the training rows that stand between: what makes far and near comparable between features. */
  readonly distance: number;
  readonly direction: 1 | -1;
}

/** May this much be asked of the customer? What the features do not know, such as what is owed, the caller does. */
export type CanReach = (change: Change) => boolean;

/**
 * The nearest one or two changes by which the log-odds fall by at least `logOddsWanted`; null where none does. The current
 * value must be known.
 */
export function findNearestChange(
  model: CompiledScorecard,
  features: Float64Array,
  logOddsWanted: number,
  canReach: CanReach = () => true,
): WhatWouldChange | null {
  const bins = binsOf(model, features);
  const slope = model.recalibration?.slope ?? 1;
  const wanted = logOddsWanted / slope;
  for (const moves of rankMoves(model, features, bins, canReach)) {
    const gained = unitsGainedBy(model, bins, moves) / UNITS;
    if (gained >= wanted && gained > 0 && holdsBeyond(model, bins, moves, wanted)) {
      return { changes: moves.map((move) => toChange(model, features, move)), logOddsGained: gained * slope };
    }
  }
  return null;
}

/** All changes of one or two features, the nearest first, for whoever judges them by more than the tables. */
export function* rankChanges(
  model: CompiledScorecard,
  features: Float64Array,
  canReach: CanReach,
): Generator<readonly Change[]> {
  for (const moves of rankMoves(model, features, binsOf(model, features), canReach)) {
    yield moves.map((move) => toChange(model, features, move));
  }
}

/** What else "at least" and "less than" say: the same change, going on to each further cut. */
export function listBeyond(model: CompiledScorecard, change: Change): Change[] {
  const feature = model.features.indexOf(change.feature);
  const cuts = Array.from(model.cuts.subarray(model.cutsFrom[feature], model.cutsFrom[feature + 1]));
  const further = cuts.filter((cut) => (change.bound === 'at_least' ? cut > change.to : cut < change.to));
  return further.map((to) => ({ ...change, to }));
}

function binsOf(model: CompiledScorecard, features: Float64Array): Int32Array {
  const bins = new Int32Array(features.length);
  sumUnits(model, features, bins, null);
  return bins;
}

function rankMoves(
  model: CompiledScorecard,
  features: Float64Array,
  bins: Int32Array,
  canReach: CanReach,
): (readonly Move[])[] {
  const moves = listMoves(model, features, bins).filter((move) => canReach(toChange(model, features, move)));
  const ranked = combine(moves).map((together) => ({
    together,
    distance: together.reduce((sum, move) => sum + move.distance, 0),
  }));
  return ranked.sort((one, other) => one.distance - other.distance).map(({ together }) => together);
}

function listMoves(model: CompiledScorecard, features: Float64Array, bins: Int32Array): Move[] {
  return model.features.flatMap((name, feature) => {
    const direction = CHANGEABLE[name];
    const now = bins[feature] as number;
    const last = missingBin(model, feature) - 1;
    if (direction === undefined || Number.isNaN(features[feature])) return [];
    const moves: Move[] = [];
    for (let bin = now + direction; bin >= 0 && bin <= last; bin += direction) {
      moves.push({ feature, bin, direction, distance: shareBetween(model, feature, now, bin) });
    }
    return moves;
  });
}

function shareBetween(model: CompiledScorecard, feature: number, one: number, other: number): number {
  const from = model.mainsFrom[feature] as number;
  const end = model.mainsFrom[feature + 1] as number;
  let all = 0;
  let between = 0;
  for (let place = from; place < end; place += 1) {
    const rows = model.binRows[place] as number;
    const bin = place - from;
    all += rows;
    if (bin > Math.min(one, other) && bin < Math.max(one, other)) between += rows;
  }
  return (between + ((model.binRows[from + one] as number) + (model.binRows[from + other] as number)) / 2) / all;
}

/** Single moves first, then two of different features. */
function combine(moves: readonly Move[]): Move[][] {
  const single = moves.map((move) => [move]);
  const double = moves.flatMap((one, place) =>
    moves.slice(place + 1).flatMap((other) => (other.feature === one.feature ? [] : [[one, other]])),
  );
  return [...single, ...double];
}

/** One move after the other, each on what the ones before it left: exact, pairs between the two included. */
function unitsGainedBy(model: CompiledScorecard, bins: Int32Array, moves: readonly Move[]): number {
  const then = Int32Array.from(bins);
  let gained = 0;
  for (const { feature, bin } of moves) {
    const now = then[feature] as number;
    const main = (place: number) => model.mainUnits[(model.mainsFrom[feature] as number) + place] as number;
    gained += main(now) - main(bin) + sumPairs(model, then, feature, now) - sumPairs(model, then, feature, bin);
    then[feature] = bin;
  }
  return gained;
}

/**
 * Whoever does more than was said gets there as well: not every table falls all the way, and "at least" and "less than" are
 * said of whatever lies beyond.
 */
function holdsBeyond(
  model: CompiledScorecard,
  bins: Int32Array,
  [move, ...others]: readonly Move[],
  wanted: number,
  done: readonly Move[] = [],
): boolean {
  if (move === undefined) return unitsGainedBy(model, bins, done) / UNITS >= wanted;
  const end = move.direction > 0 ? missingBin(model, move.feature) - 1 : 0;
  for (let bin = move.bin; (end - bin) * move.direction >= 0; bin += move.direction) {
    if (!holdsBeyond(model, bins, others, wanted, [...done, { ...move, bin }])) return false;
  }
  return true;
}

function toChange(model: CompiledScorecard, features: Float64Array, { feature, bin, direction }: Move): Change {
  const cut = (place: number) => model.cuts[(model.cutsFrom[feature] as number) + place] as number;
  return {
    feature: model.features[feature] ?? '',
    from: features[feature] as number,
    to: direction > 0 ? cut(bin - 1) : cut(bin),
    bound: direction > 0 ? 'at_least' : 'below',
  };
}

/** The customer after having done what was said, and just that. */
export function applyChanges(
  model: CompiledScorecard,
  features: Float64Array,
  changes: readonly Change[],
): Float64Array {
  const changed = Float64Array.from(features);
  for (const { feature, to, bound } of changes) {
    changed[model.features.indexOf(feature)] = bound === 'at_least' ? to : justBelow(to);
  }
  return changed;
}

/** Cuts have six decimals, so nothing lies in between. */
function justBelow(cut: number): number {
  return cut - 1e-9;
}
