// The artefact as flat arrays: the form that scores. Log-odds are whole units of the last decimal, so sums are exact in
// any order and no direction can break by rounding. Nothing is added to the artefact and nothing is lost.
import { assert } from '../lib/assert.ts';
import { GRID_CELLS, makeCutHints } from './cut-hints.ts';
import type { EmotionBlock, FeatureTable, Recalibration, Scorecard, ScoreScaling } from './scorecard.ts';

const GRID_LAST = GRID_CELLS - 1;

/** Units in one of log-odds; twice as many halves, since a pair belongs half to each of its features. */
export const UNITS = 10_000;

export interface CompiledScorecard {
  readonly features: readonly string[];
  /** Cuts of feature f stand at cutsFrom[f] .. cutsFrom[f + 1]. */
  readonly cutsFrom: Int32Array;
  readonly cuts: Float64Array;
  /** Per feature a grid over its cuts: where to begin looking for a value's bin. */
  readonly gridLow: Float64Array;
  readonly gridScale: Float64Array;
  readonly gridStart: Uint8Array;
  /** Bins of feature f, the missing one last, stand at mainsFrom[f] on. */
  readonly mainsFrom: Int32Array;
  readonly mainUnits: Int32Array;
  /** Pair p: its two features, where its cells begin, and how many columns a row has. */
  readonly pairOne: Int32Array;
  readonly pairOther: Int32Array;
  readonly pairFrom: Int32Array;
  readonly pairColumns: Int32Array;
  readonly pairUnits: Int32Array;
  /** Pairs of feature f stand at pairsOfFrom[f] .. pairsOfFrom[f + 1]. */
  readonly pairsOfFrom: Int32Array;
  readonly pairsOf: Int32Array;
  /** Per feature the bin of the least risk any training row had: what reasons are measured against. */
  readonly referenceBins: Int32Array;
  readonly interceptUnits: number;
  /** Decisions made by format 1 replay to the same bytes only where log-odds are added one after the other. */
  readonly addsInTurn: boolean;
  readonly baseRate: number;
  readonly recalibration: Recalibration | null;
  readonly referenceUnitMinor: number;
  readonly scaling: ScoreScaling;
  /** score = scoreOffset - scoreFactor * logOdds */
  readonly scoreOffset: number;
  readonly scoreFactor: number;
  readonly emotionBlock: EmotionBlock;
}

export function compileScorecard(artefact: Scorecard): CompiledScorecard {
  const tables = artefact.features;
  const scoreFactor = artefact.scaling.pointsToDoubleOdds / Math.log(2);
  return {
    features: tables.map((table) => table.name),
    cutsFrom: startsOf(tables.map((table) => table.cuts.length)),
    cuts: Float64Array.from(tables.flatMap((table) => table.cuts)),
    ...makeCutHints(tables.map((table) => table.cuts)),
    mainsFrom: startsOf(tables.map((table) => table.logOdds.length + 1)),
    mainUnits: Int32Array.from(
      tables.flatMap((table) => [...table.logOdds, table.missingLogOdds]),
      toUnits,
    ),
    ...compilePairs(artefact),
    referenceBins: Int32Array.from(tables, safestBin),
    interceptUnits: toUnits(artefact.interceptLogOdds),
    addsInTurn: artefact.formatVersion === 1,
    baseRate: artefact.baseRate,
    recalibration: artefact.recalibration ?? null,
    referenceUnitMinor: artefact.referenceUnitMinor,
    scaling: artefact.scaling,
    scoreOffset: artefact.scaling.score - scoreFactor * Math.log(artefact.scaling.odds),
    scoreFactor,
    emotionBlock: artefact.emotionBlock,
  };
}

function compilePairs({ features, pairs = [] }: Scorecard) {
  const placeOf = new Map(features.map((table, index) => [table.name, index]));
  const ends = pairs.map((pair) => pair.features.map((name) => placeOf.get(name) ?? -1));
  const touching = features.map((_, feature) => [...ends.keys()].filter((pair) => ends[pair]?.includes(feature)));
  return {
    pairOne: Int32Array.from(ends, (two) => two[0] ?? -1),
    pairOther: Int32Array.from(ends, (two) => two[1] ?? -1),
    pairFrom: startsOf(pairs.map((pair) => pair.logOdds.length * (pair.logOdds[0]?.length ?? 0))),
    pairColumns: Int32Array.from(pairs, (pair) => pair.logOdds[0]?.length ?? 0),
    pairUnits: Int32Array.from(
      pairs.flatMap((pair) => pair.logOdds.flat()),
      toUnits,
    ),
    pairsOfFrom: startsOf(touching.map((some) => some.length)),
    pairsOf: Int32Array.from(touching.flat()),
  };
}

function startsOf(lengths: readonly number[]): Int32Array {
  const starts = new Int32Array(lengths.length + 1);
  lengths.forEach((length, index) => {
    starts[index + 1] = (starts[index] ?? 0) + length;
  });
  return starts;
}

function toUnits(logOdds: number): number {
  return Math.round(logOdds * UNITS);
}

/** Only bins that training met count, missing among them; of equals the first. */
function safestBin(table: FeatureTable): number {
  const seen = [...table.rows, table.missingRows];
  const logOdds = [...table.logOdds, table.missingLogOdds];
  let best = -1;
  logOdds.forEach((value, bin) => {
    if (seen[bin] === 0) return;
    if (best === -1 || value < (logOdds[best] ?? 0)) best = bin;
  });
  return Math.max(best, 0);
}

/** The bin of one feature's value; the one behind the last is for missing. */
export function findBin(model: CompiledScorecard, feature: number, value: number): number {
  const from = model.cutsFrom[feature] as number;
  const bins = (model.cutsFrom[feature + 1] as number) - from;
  assert(bins >= 0, 'a feature outside the scorecard');
  if (Number.isNaN(value)) return bins + 1;
  const cell = (value - (model.gridLow[feature] as number)) * (model.gridScale[feature] as number);
  const inGrid = cell > 0 ? (cell < GRID_LAST ? cell | 0 : GRID_LAST) : 0;
  let bin = model.gridStart[feature * GRID_CELLS + inGrid] as number;
  while (bin < bins && value >= (model.cuts[from + bin] as number)) bin += 1;
  return bin;
}

/** What a feature's value says alone: a table look-up, nothing else. */
export function lookUpLogOdds(model: CompiledScorecard, feature: number, value: number): number {
  const units = model.mainUnits[(model.mainsFrom[feature] as number) + findBin(model, feature, value)];
  assert(units !== undefined, 'an index points outside the scorecard');
  return units / UNITS;
}
