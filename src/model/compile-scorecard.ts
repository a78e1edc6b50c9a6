// The artefact as flat arrays: the form that scores. Log-odds are whole units of the last decimal, so sums are exact in
// any order and no direction can break by rounding. Nothing is added to the artefact and nothing is lost.
import { type CompiledPairs, compilePairs } from './compile-pairs.ts';
import type { EmotionBlock, FeatureTable, Recalibration, Scorecard, ScoreScaling } from './scorecard.ts';
import { startsOf, toUnits } from './units.ts';

export interface CompiledScorecard extends CompiledPairs {
  readonly features: readonly string[];
  /**
   * Cuts of feature f begin at cutsFrom[f]; NaNs, below which every value stands, fill them up to 7, 31, 63 or 255, so that
   * they are halved without looking for their end.
   */
  readonly cutsFrom: Int32Array;
  readonly cuts: Float64Array;
  /** Bins of feature f, the missing one last, stand at mainsFrom[f] on. */
  readonly mainsFrom: Int32Array;
  readonly mainUnits: Int32Array;
  /** Training rows in each of these bins. */
  readonly binRows: Int32Array;
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
  const cuts = tables.map((table) => fillUp(table.cuts));
  return {
    features: tables.map((table) => table.name),
    cutsFrom: startsOf(cuts.map((some) => some.length)),
    cuts: Float64Array.from(cuts.flat()),
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

/** One short of a power of two. */
const CUT_ROOMS = [7, 31, 63, 255];

function fillUp(cuts: readonly number[]): number[] {
  const room = CUT_ROOMS.find((size) => size >= cuts.length) ?? cuts.length;
  return [...cuts, ...Array.from({ length: room - cuts.length }, () => Number.NaN)];
}

/** The bin of one feature's value; the one behind the last is for missing. */
export function findBin(model: CompiledScorecard, feature: number, value: number): number {
  if (Number.isNaN(value)) return missingBin(model, feature);
  const from = model.cutsFrom[feature] as number;
  let place = from;
  for (let half = ((model.cutsFrom[feature + 1] as number) - from + 1) >> 1; half > 0; half >>= 1) {
    if (value >= (model.cuts[place + half - 1] as number)) place += half;
  }
  return place - from;
}

export function missingBin(model: CompiledScorecard, feature: number): number {
  return (model.mainsFrom[feature + 1] as number) - (model.mainsFrom[feature] as number) - 1;
}
