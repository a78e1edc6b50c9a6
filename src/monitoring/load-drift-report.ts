// Loads a bounded number of stored decisions and holds them against the training of the model in force.
import type { Queryable } from '../db/index.ts';
import { DAY_MS } from '../lib/clock.ts';
import type { LoadedScorecard } from '../model/index.ts';
import { type DriftReport, reportDrift } from './drift-report.ts';
import { loadFirstFeatures } from './load-first-features.ts';
import { loadRecentFeatures } from './load-recent-features.ts';

/** A statement a month, and room for one that is late. */
const DRIFT_WINDOW_DAYS = 62;
const CUSTOMERS_WANTED = 20_000;
const FIRST_DECISIONS_MAX = 20_000;
const FIRST_CUSTOMERS_MIN = 1_000;

export async function loadDriftReport(db: Queryable, model: LoadedScorecard, nowMs: number): Promise<DriftReport> {
  const fromMs = nowMs - DRIFT_WINDOW_DAYS * DAY_MS;
  const recent = await loadRecentFeatures(db, { fromMs, toMs: nowMs, customersWanted: CUSTOMERS_WANTED });
  return reportDrift({ model, recent, first: await loadReference(db, model, fromMs) });
}

/** Null where the artefact tells more, and where the model has decided about too few before the recent window. */
async function loadReference(db: Queryable, model: LoadedScorecard, beforeMs: number) {
  if (model.artefact.training.scoreBins !== undefined) return null;
  const { modelVersion } = model;
  const features = await loadFirstFeatures(db, { modelVersion, beforeMs, decisionsMax: FIRST_DECISIONS_MAX });
  return features.length < FIRST_CUSTOMERS_MIN ? null : features;
}
