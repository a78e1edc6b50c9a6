// The one road of every judged decision: load under lock, decide purely, write once. A dry run is the same road
// without the last step.
import type { Queryable } from '../db/index.ts';
import { decide } from './decide.ts';
import { type LoadDeps, type LoadRequest, loadDecisionInputs } from './load-decision-inputs.ts';
import { type NewDecision, prepareDecision } from './new-decision.ts';
import { type SaveOptions, saveDecisions } from './save-decisions.ts';

export interface RoadOptions extends LoadDeps, SaveOptions {}

/** Customers that are not known are left out. */
export async function saveNewDecisions(
  tx: Queryable,
  requests: readonly LoadRequest[],
  nowMs: number,
  options: RoadOptions,
): Promise<NewDecision[]> {
  const loaded = await loadDecisionInputs(tx, requests, nowMs, options);
  const decided = loaded.map(({ input, account, scheduledLimitMinor, dryRun }) => ({
    dryRun,
    decision: prepareDecision(decide(input), account, scheduledLimitMinor),
  }));
  const kept = decided.filter(({ dryRun }) => !dryRun).map(({ decision }) => decision);
  await saveDecisions(tx, kept, options);
  return decided.map(({ decision }) => decision);
}
