// Outcomes for `ecs model anchor` from what is stored: the features of each decision that was in force when an outcome window
// began, scored again by the model that is to be anchored. What the decision itself said is of no use here: it may have been
// another model's, and it was moved to the policy's base rate.
import { createHash } from 'node:crypto';
import type { Queryable } from '../../db/index.ts';
import { type AnchorEvidence, type LoadedScorecard, requireLedgerModel } from '../../model/index.ts';
import { logOddsOf } from '../../monitoring/index.ts';
import { loadChosenWindows } from './load-chosen-windows.ts';

export interface StoredAnchor {
  readonly windowMonths: number;
  readonly nowMs: number;
}

/** ECS_MODEL_INVALID for a model that does not read statements. */
export async function loadStoredAnchor(
  db: Queryable,
  model: LoadedScorecard,
  { windowMonths, nowMs }: StoredAnchor,
): Promise<AnchorEvidence> {
  requireLedgerModel(model);
  const logOdds: number[] = [];
  const target: number[] = [];
  const hash = createHash('sha256');
  for await (const { chosen } of loadChosenWindows(db, { windowMonths, staggered: false, nowMs })) {
    for (const { customerId, asOfMs, defaulted, features } of chosen) {
      const score = logOddsOf(model.compiled, features);
      logOdds.push(score);
      target.push(defaulted ? 1 : 0);
      hash.update(`${JSON.stringify([customerId, asOfMs, windowMonths, defaulted, score])}\n`);
    }
  }
  return { logOdds: Float64Array.from(logOdds), target: Uint8Array.from(target), sha256: hash.digest('hex') };
}
