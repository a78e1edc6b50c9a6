// Records what customers say about consent, and does what it means: a grant opens the emotional state, a withdrawal
// deletes it with everything derived from it and asks for a decision without it.
import { appendOutboxEvents, lockAccounts, type Queryable, queueDecisions } from '../db/index.ts';
import type { MakeId } from '../lib/ids.ts';
import {
  type ConsentChange,
  type ConsentFlip,
  type ConsentOutcome,
  type ConsentPlan,
  keyOf,
  planConsents,
} from './plan-consents.ts';
import {
  deleteDecisionEmotions,
  deleteEmotionalStates,
  insertEmotionalStates,
  insertWords,
  loadKeptWords,
  loadStandingWords,
  upsertLatestWords,
} from './save-consents.ts';

export interface ConsentOptions {
  /** Does the outbox have Kafka as a destination? */
  readonly kafka: boolean;
  readonly makeId: MakeId;
}

/** One outcome per change, in the order given. The customers' accounts stay locked until the transaction ends. */
export async function recordConsents(
  tx: Queryable,
  changes: readonly ConsentChange[],
  nowMs: number,
  options: ConsentOptions,
): Promise<readonly ConsentOutcome[]> {
  if (changes.length === 0) return [];
  const customerIds = [...new Set(changes.map((change) => change.customerId))];
  const customers = await lockAccounts(tx, customerIds);
  const standing = await loadStandingWords(tx, customerIds);
  const words = await loadKeptWords(tx, changes);
  const plan = planConsents(changes, { customers, standing, words });
  if (plan.words.length > 0) await insertWords(tx, plan.words, nowMs, options.makeId);
  if (plan.latest.length > 0) await upsertLatestWords(tx, plan.latest, nowMs);
  await applyFlips(tx, plan, nowMs, options);
  return plan.outcomes;
}

async function applyFlips(tx: Queryable, plan: ConsentPlan, nowMs: number, options: ConsentOptions): Promise<void> {
  const withdrawn = plan.flips.filter((flip) => !flip.granted);
  if (withdrawn.length > 0) {
    const customerIds = [...new Set(withdrawn.map((flip) => flip.customerId))];
    await deleteEmotionalStates(tx, withdrawn);
    await deleteDecisionEmotions(tx, customerIds);
    await queueDecisions(tx, customerIds, 'consent', nowMs);
  }
  const granted = lastFlips(plan).filter((flip) => flip.granted);
  if (granted.length > 0) await insertEmotionalStates(tx, granted);
  await appendOutboxEvents(
    tx,
    plan.flips.map((flip) => toOutboxEvent(flip, nowMs, options.makeId)),
    options,
  );
}

/** Granted and withdrawn again in one batch is withdrawn. */
function lastFlips(plan: ConsentPlan): ConsentFlip[] {
  return [...new Map(plan.flips.map((flip) => [keyOf(flip), flip])).values()];
}

function toOutboxEvent(flip: ConsentFlip, nowMs: number, makeId: MakeId) {
  const { customerId, purpose, granted, changedAtMs } = flip;
  const data = { purpose, granted, changedAt: new Date(changedAtMs).toISOString() };
  return { customerId, eventId: makeId(), type: 'consent.changed', data, occurredAtMs: nowMs };
}
