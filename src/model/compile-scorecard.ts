// The artefact as flat arrays: the form that scores. Log-odds are whole units of the last decimal, so sums are exact in
// any order and no direction can break by rounding. Nothing is added to the artefact and nothing is lost.
import { compilePairs } from './compile-pairs.ts';
import { type CutHints, cellOf, GRID_CELLS, makeCutHints } from './cut-hints.ts';
import type { EmotionBlock, FeatureTable, Recalibration, Scorecard, ScoreScaling } from './scorecard.ts';
import { startsOf, toUnits } from './units.ts';

export interface CompiledScorecard extends CutHints {
  readonly features: readonly string[];
  /** Cuts of feature f begin at cutsFrom[f] and end with a NaN, at which every comparison stops. */
  readonly cutsFrom: Int32Array;
  readonly cuts: Float64Array;
  /** Bins of feature f, the missing one last, stand at mainsFrom[f] on. */
  readonly mainsFrom: Int32Array;
  readonly mainUnits: Int32Array;
  /** Training rows in each of these bins. */
  readonly binRows: Int32Array;
  /**
   * Pairs are kept with the feature that has more of them, the keeper: pairs of keeper f stand at keptFrom[f] .. keptFrom[f + 1].
   * All their cells for one bin of the keeper lie side by side, in a block of blockSize[f] that begins at
   * blocksFrom[f] + bin * blockSize[f]; those of pair p begin at pairOffset[p], one per bin of its other feature.
   */
  readonly keptFrom: Int32Array;
  readonly pairOther: Int32Array;
  readonly pairOffset: Int32Array;
  readonly blocksFrom: Int32Array;
  readonly blockSize: Int32Array;
  readonly pairUnits: Int32Array;
  /** Pairs that feature f is the other one of: at givenFrom[f] .. givenFrom[f + 1], each with its keeper. */
  readonly givenFrom: Int32Array;
  readonly given: Int32Array;
  readonly givenKeeper: Int32Array;
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
    cutsFrom: startsOf(tables.map((table) => table.cuts.length + 1)),
    cuts: Float64Array.from(tables.flatMap((table) => [...table.cuts, Number.NaN])),
    ...makeCutHints(
      tables.map((table) => table.cuts),
      tables.map((table) => table.rows),
    ),
    mainsFrom: startsOf(tables.map((table) => table.logOdds.length + 1)),
    mainUnits: Int32Array.from(
      tables.flatMap((table) => [...table.logOdds, table.missingLogOdds]),
      toUnits,
    ),
    binRows: Int32Array.from(tables.flatMap((table) => [...table.rows, table.missingRows])),
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
  if (Number.isNaN(value)) return (model.cutsFrom[feature + 1] as number) - from;
  let place = from + (model.gridStart[feature * GRID_CELLS + cellOf(model, feature, value)] as number);
  while (value >= (model.cuts[place] as number)) place += 1;
  return place - from;
}
