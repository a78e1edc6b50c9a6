// Loads a bounded number of outcomes and measures the decisions they judge.
import type { Queryable } from '../db/index.ts';
import { DAY_MS } from '../lib/clock.ts';
import type { LoadedScorecard } from '../model/index.ts';
import { loadJudgedOutcomes } from './load-judged-outcomes.ts';
import { type PerformanceReport, reportPerformance } from './performance-report.ts';

/** Windows that began in the last three years. */
export const PERFORMANCE_WINDOW_DAYS = 1_096;
const OUTCOMES_WANTED = 50_000;

export async function loadPerformanceReport(
  db: Queryable,
  model: LoadedScorecard,
  nowMs: number,
): Promise<PerformanceReport> {
  const fromMs = nowMs - PERFORMANCE_WINDOW_DAYS * DAY_MS;
  const outcomes = await loadJudgedOutcomes(db, { fromMs, toMs: nowMs, outcomesWanted: OUTCOMES_WANTED });
  const trained = model.artefact.training.outOfBag.auc;
  return reportPerformance(outcomes, new Map([[model.modelVersion, trained]]));
}
