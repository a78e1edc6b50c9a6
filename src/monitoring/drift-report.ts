// Holds the customers of today against those the model was trained on, feature by feature and in the score.
import { assert } from '../lib/assert.ts';
import { countIntoBins, cutIntoQuantiles } from '../lib/statistics/bin-values.ts';
import { holm } from '../lib/statistics/chance.ts';
import type { LoadedScorecard } from '../model/index.ts';
import { computeStability, judgeStability, type Stability } from './population-stability.ts';
import { logOddsOf } from './score-features.ts';
import { type Verdict, worstOf } from './verdict.ts';

/** Features of one decision in the order of the ledger; null where one is missing. */
export type StoredFeatures = readonly (number | null)[];

export interface DriftInput {
  readonly model: LoadedScorecard;
  /** One decision a customer, the newest. */
  readonly recent: readonly StoredFeatures[];
  /** One decision a customer, from when the model began; null where that is not long enough ago. */
  readonly first: readonly StoredFeatures[] | null;
}

export interface DriftLine extends Stability {
  readonly name: string;
  /** `pValue` corrected for all lines of the report by Holm's method. */
  readonly pValueOfAll: number;
  readonly verdict: Verdict;
}

export interface DriftReport {
  readonly modelVersion: string;
  readonly customers: number;
  readonly verdict: Verdict;
  /** What the score is held against; null: there is nothing yet. */
  readonly scoreReference: 'training' | 'first_decisions' | null;
  readonly score: DriftLine | null;
  readonly features: readonly DriftLine[];
}

export const SCORE_LINE = 'score';
const SCORE_BINS = 10;

export function reportDrift({ model, recent, first }: DriftInput): DriftReport {
  const features = model.artefact.features.map((table, index) => ({
    name: table.name,
    stability: computeStability([...table.rows, table.missingRows], countIntoBins(table.cuts, valuesOf(recent, index))),
  }));
  const reference = findScoreReference(model, first);
  const score = reference === null ? [] : [{ name: SCORE_LINE, stability: compareScores(model, recent, reference) }];
  const lines = judgeLines([...score, ...features]);
  return {
    modelVersion: model.modelVersion,
    customers: recent.length,
    verdict: worstOf(lines.map((line) => line.verdict)),
    scoreReference: reference?.kind ?? null,
    score: lines.find((line) => line.name === SCORE_LINE) ?? null,
    features: lines.filter((line) => line.name !== SCORE_LINE),
  };
}

interface ScoreReference {
  readonly kind: 'training' | 'first_decisions';
  readonly cuts: readonly number[];
  readonly rows: readonly number[];
}

function findScoreReference(model: LoadedScorecard, first: readonly StoredFeatures[] | null): ScoreReference | null {
  const trained = model.artefact.training.scoreBins;
  if (trained !== undefined) return { kind: 'training', cuts: trained.cuts, rows: [...trained.rows, 0] };
  if (first === null) return null;
  const values = first.map((features) => logOddsOf(model.compiled, features));
  const cuts = cutIntoQuantiles(values, SCORE_BINS);
  return { kind: 'first_decisions', cuts, rows: countIntoBins(cuts, values) };
}

function compareScores(model: LoadedScorecard, recent: readonly StoredFeatures[], reference: ScoreReference) {
  const values = recent.map((features) => logOddsOf(model.compiled, features));
  return computeStability(reference.rows, countIntoBins(reference.cuts, values));
}

function* valuesOf(rows: readonly StoredFeatures[], index: number): Generator<number> {
  for (const row of rows) yield row[index] ?? Number.NaN;
}

function judgeLines(lines: readonly { readonly name: string; readonly stability: Stability }[]): DriftLine[] {
  const corrected = holm(lines.map(({ stability }) => stability.pValue));
  return lines.map(({ name, stability }, index) => {
    const pValueOfAll = corrected[index];
    assert(pValueOfAll !== undefined, 'one p-value a line');
    return { name, ...stability, pValueOfAll, verdict: judgeStability(stability, pValueOfAll) };
  });
}
