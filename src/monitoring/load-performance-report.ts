// Loads a bounded number of outcomes and measures the decisions they judge.
import type { Queryable } from '../db/index.ts';
import { DAY_MS } from '../lib/clock.ts';
import type { LoadedScorecard } from '../model/index.ts';
import { loadJudgedOutcomes } from './load-judged-outcomes.ts';
import { type PerformanceReport, reportPerformance } from './performance-report.ts';

/** Windows that began in the last three years. */
const PERFORMANCE_WINDOW_DAYS = 1_096;
/** Defaults are told as they are seen, all others after the window's end: they get a month to arrive. */
export const TELLING_DAYS = 31;
const OUTCOMES_WANTED = 50_000;

export async function loadPerformanceReport(
  db: Queryable,
  model: LoadedScorecard,
  nowMs: number,
): Promise<PerformanceReport> {
  const outcomes = await loadJudgedOutcomes(db, {
    fromMs: nowMs - PERFORMANCE_WINDOW_DAYS * DAY_MS,
    endedByMs: nowMs - TELLING_DAYS * DAY_MS,
    outcomesWanted: OUTCOMES_WANTED,
  });
  const trained = model.artefact.training.outOfBag.auc;
  return reportPerformance(outcomes, new Map([[model.modelVersion, trained]]));
}
