// The artefact as flat arrays: the form that scores. Nothing is added to it and nothing is lost.
import { assert } from '../lib/assert.ts';
import type { EmotionBlock, Scorecard, ScoreScaling } from './scorecard.ts';

export interface CompiledScorecard {
  readonly features: readonly string[];
  /** Cuts of feature f stand at cutsFrom[f] .. cutsFrom[f + 1]; its bins begin at cutsFrom[f] + f. */
  readonly cutsFrom: Int32Array;
  readonly cuts: Float64Array;
  readonly logOdds: Float64Array;
  readonly missingLogOdds: Float64Array;
  /** Per feature the lowest log-odds any training row had: what reasons are measured against. */
  readonly bestLogOdds: Float64Array;
  readonly interceptLogOdds: number;
  readonly baseRate: number;
  readonly referenceUnitMinor: number;
  readonly scaling: ScoreScaling;
  /** score = scoreOffset - scoreFactor * logOdds */
  readonly scoreOffset: number;
  readonly scoreFactor: number;
  readonly emotionBlock: EmotionBlock;
}

export function compileScorecard(artefact: Scorecard): CompiledScorecard {
  const tables = artefact.features;
  const cutsFrom = new Int32Array(tables.length + 1);
  tables.forEach((table, index) => {
    cutsFrom[index + 1] = (cutsFrom[index] ?? 0) + table.cuts.length;
  });
  const scoreFactor = artefact.scaling.pointsToDoubleOdds / Math.log(2);
  return {
    features: tables.map((table) => table.name),
    cutsFrom,
    cuts: Float64Array.from(tables.flatMap((table) => table.cuts)),
    logOdds: Float64Array.from(tables.flatMap((table) => table.logOdds)),
    missingLogOdds: Float64Array.from(tables, (table) => table.missingLogOdds),
    bestLogOdds: Float64Array.from(tables, bestOf),
    interceptLogOdds: artefact.interceptLogOdds,
    baseRate: artefact.baseRate,
    referenceUnitMinor: artefact.referenceUnitMinor,
    scaling: artefact.scaling,
    scoreOffset: artefact.scaling.score - scoreFactor * Math.log(artefact.scaling.odds),
    scoreFactor,
    emotionBlock: artefact.emotionBlock,
  };
}

/** Log-odds of one feature's value: a table look-up, nothing else. */
export function lookUpLogOdds(model: CompiledScorecard, feature: number, value: number): number {
  if (Number.isNaN(value)) return at(model.missingLogOdds, feature);
  const from = at(model.cutsFrom, feature);
  let low = from;
  let high = at(model.cutsFrom, feature + 1);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value >= at(model.cuts, middle)) low = middle + 1;
    else high = middle;
  }
  return at(model.logOdds, low + feature);
}

function bestOf(table: Scorecard['features'][number]): number {
  const best = Math.min(...table.logOdds);
  return table.missingRows > 0 ? Math.min(best, table.missingLogOdds) : best;
}

function at(values: Float64Array | Int32Array, index: number): number {
  const value = values[index];
  assert(value !== undefined, 'an index points outside the scorecard');
  return value;
}
