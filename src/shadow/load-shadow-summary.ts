// A challenger beside the champions it has shadowed: how many decisions, how far apart, and how often it would have
// decided otherwise.
import type { Queryable } from '../db/index.ts';
import { computeStability } from '../monitoring/index.ts';

export interface ShadowComparison {
  readonly championVersion: string;
  readonly decisions: number;
  readonly firstDecidedAt: string;
  readonly lastDecidedAt: string;
  readonly meanProbabilityOfDefault: number;
  readonly championMeanProbabilityOfDefault: number;
  /** Challenger less champion. */
  readonly meanProbabilityOfDefaultDifference: number;
  readonly otherOutcomeShare: number;
  readonly otherBandShare: number;
  readonly otherLimitShare: number;
  /** Population stability index of the challenger's scores against the champion's, on the same decisions. */
  readonly scorePsi: number;
}

export interface ShadowSummary {
  readonly modelVersion: string;
  /** Decisions from here on are scored. */
  readonly begunAt: string;
  /** Everything decided before it has been. */
  readonly scoredTo: string;
  readonly comparisons: readonly ShadowComparison[];
}

/** Null for a model that never was a challenger. */
export async function loadShadowSummary(db: Queryable, modelVersion: string): Promise<ShadowSummary | null> {
  const run = await loadRun(db, modelVersion);
  if (run === null) return null;
  const totals = await loadTotals(db, modelVersion);
  const scores = await loadScoreCounts(db, modelVersion);
  const comparisons = totals.map((row) => toComparison(row, scores));
  return { modelVersion, begunAt: run.begun_at.toISOString(), scoredTo: run.scored_to.toISOString(), comparisons };
}

async function loadRun(db: Queryable, modelVersion: string): Promise<{ begun_at: Date; scored_to: Date } | null> {
  const { rows } = await db.query<{ begun_at: Date; scored_to: Date }>(
    'select begun_at, scored_to from shadow_runs where model_version = $1',
    [modelVersion],
  );
  return rows[0] ?? null;
}

interface TotalRow {
  readonly champion_version: string;
  readonly decisions: number;
  readonly first_at: Date;
  readonly last_at: Date;
  readonly mean: number;
  readonly champion_mean: number;
  readonly other_outcome: number;
  readonly other_band: number;
  readonly other_limit: number;
}

/** The champion of the newest decisions first. */
async function loadTotals(db: Queryable, modelVersion: string): Promise<TotalRow[]> {
  const { rows } = await db.query<TotalRow>(
    `select champion_version, count(*) as decisions, min(decided_at) as first_at, max(decided_at) as last_at,
       avg(probability_of_default) as mean, avg(champion_probability_of_default) as champion_mean,
       count(*) filter (where outcome <> champion_outcome) as other_outcome,
       count(*) filter (where band <> champion_band) as other_band,
       count(*) filter (where limit_minor <> champion_limit_minor) as other_limit
     from shadow_scores where model_version = $1 group by champion_version order by last_at desc, champion_version`,
    [modelVersion],
  );
  return rows;
}

interface ScoreCountRow {
  readonly champion_version: string;
  readonly score: number;
  readonly champion: number;
  readonly challenger: number;
}

/** How often each score was given, by either; in rising order. */
async function loadScoreCounts(db: Queryable, modelVersion: string): Promise<ScoreCountRow[]> {
  const { rows } = await db.query<ScoreCountRow>(
    `select champion_version, score, sum(champion)::int8 as champion, sum(challenger)::int8 as challenger
     from (
       select champion_version, champion_score as score, 1 as champion, 0 as challenger
       from shadow_scores where model_version = $1
       union all
       select champion_version, score, 0, 1 from shadow_scores where model_version = $1
     ) as given
     group by champion_version, score order by champion_version, score`,
    [modelVersion],
  );
  return rows;
}

function toComparison(row: TotalRow, scores: readonly ScoreCountRow[]): ShadowComparison {
  const own = scores.filter((count) => count.champion_version === row.champion_version);
  // A bin for each score; thin ones are joined there. The last bin is for missing values, which scores have none of.
  const champion = [...own.map((count) => count.champion), 0];
  const challenger = [...own.map((count) => count.challenger), 0];
  return {
    championVersion: row.champion_version,
    decisions: row.decisions,
    firstDecidedAt: row.first_at.toISOString(),
    lastDecidedAt: row.last_at.toISOString(),
    meanProbabilityOfDefault: row.mean,
    championMeanProbabilityOfDefault: row.champion_mean,
    meanProbabilityOfDefaultDifference: row.mean - row.champion_mean,
    otherOutcomeShare: row.other_outcome / row.decisions,
    otherBandShare: row.other_band / row.decisions,
    otherLimitShare: row.other_limit / row.decisions,
    scorePsi: computeStability(champion, challenger).psi,
  };
}
