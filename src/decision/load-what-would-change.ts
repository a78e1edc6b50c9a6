// What would change a stored decision for the better: answered from the statements, the model and the policy it was made with.
import type { Queryable } from '../db/index.ts';
import { loadStatementsAt } from '../ledger/index.ts';
import { loadModelVersion } from '../model/index.ts';
import { explainWhatWouldChange, NOT_SCORED, type WhatWouldChangeView } from './explain-what-would-change.ts';
import { loadPolicyVersion } from './load-policy-version.ts';
import { loadStoredDecision } from './load-stored-decisions.ts';

/**
 * `customerId` null: any customer's. Null when there is no such decision (of that customer); ECS_VERSION_UNKNOWN where its
 * model or policy is not registered here.
 */
export async function loadWhatWouldChange(
  db: Queryable,
  customerId: string | null,
  decisionId: string,
): Promise<WhatWouldChangeView | null> {
  const stored = await loadStoredDecision(db, customerId, decisionId);
  if (stored === null) return null;
  const { record } = stored;
  if (record.kind === 'hand' || !record.result.judged) return NOT_SCORED;
  const { modelVersion, policyVersion, nowMs } = record.inputs;
  const model = await loadModelVersion(db, modelVersion);
  const policy = await loadPolicyVersion(db, policyVersion);
  const statements = await loadStatementsAt(db, record.inputs.customerId, nowMs);
  return explainWhatWouldChange(record.inputs, statements, model.compiled, policy.document);
}
