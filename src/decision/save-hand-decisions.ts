// Decisions no model made, on the same road: lock, decide purely, write once.
import type { Queryable } from '../db/index.ts';
import type { HandInputs } from './decide-by-hand.ts';
import type { DecisionTrigger } from './decision-view.ts';
import { recordByHand } from './hand-record.ts';
import { decidedAtMs, type LockedAccount, lockAccounts } from './load-accounts.ts';
import { loadLimitHistory } from './load-limit-history.ts';
import { loadProfiles, type Profile } from './load-profiles.ts';
import { type NewDecision, prepareDecision } from './new-decision.ts';
import { type SaveOptions, saveDecisions } from './save-decisions.ts';

export interface HandOrder {
  readonly customerId: string;
  readonly action: HandInputs['action'];
  readonly newLimitMinor: number | null;
  readonly note: string | null;
}

export interface HandRequest {
  readonly trigger: DecisionTrigger;
  readonly requestedBy: string;
  readonly nowMs: number;
  /** Which of the locked accounts the order may still be carried out on. */
  readonly accepts: (account: LockedAccount) => boolean;
}

/** Orders for customers that are not known, or whose account is not accepted, are left out. */
export async function saveHandDecisions(
  tx: Queryable,
  orders: readonly HandOrder[],
  request: HandRequest,
  options: SaveOptions,
): Promise<NewDecision[]> {
  const customerIds = orders.map((order) => order.customerId);
  const accounts = await lockAccounts(tx, customerIds);
  const profiles = await loadProfiles(tx, customerIds);
  const { nowMs } = request;
  const histories = await loadLimitHistory(
    tx,
    customerIds.map((customerId) => ({ customerId, stepFromMs: nowMs, yearFromMs: nowMs })),
  );
  const decisions = orders.flatMap((order) => {
    const account = accounts.get(order.customerId);
    const profile = profiles.get(order.customerId);
    if (account === undefined || profile === undefined || !request.accepts(account)) return [];
    const record = recordByHand(toInputs(order, account, profile, request, options.makeId()));
    const { settled } = record.result;
    return [
      prepareDecision(
        { record, emotionalRecord: null, settled, lastingReasons: settled.reasons },
        account,
        histories.get(order.customerId)?.scheduledLimitMinor ?? null,
      ),
    ];
  });
  await saveDecisions(tx, decisions, options);
  return decisions;
}

function toInputs(
  order: HandOrder,
  account: LockedAccount,
  profile: Profile,
  request: HandRequest,
  decisionId: string,
): HandInputs {
  return {
    decisionId,
    customerId: order.customerId,
    sequence: account.decisionSequence + 1,
    nowMs: decidedAtMs(account, request.nowMs),
    trigger: request.trigger,
    requestedBy: request.requestedBy,
    currency: profile.currency,
    action: order.action,
    newLimitMinor: order.newLimitMinor,
    note: order.note,
    account: {
      limitMinor: account.limitMinor,
      financialLimitMinor: account.financialLimitMinor,
      lastIncreaseAtMs: account.lastIncreaseAtMs,
      lastDecreaseAtMs: account.lastDecreaseAtMs,
    },
  };
}
