// An officer stops automatic changes of one account, or allows them again; either is a stored decision with its reason.
import type { Queryable } from '../db/index.ts';
import { EcsError } from '../lib/errors.ts';
import { lockAccounts } from './load-accounts.ts';
import type { NewDecision } from './new-decision.ts';
import type { SaveOptions } from './save-decisions.ts';
import { saveHandDecisions } from './save-hand-decisions.ts';
import { unknownCustomer } from './set-limit-by-hand.ts';

export interface FreezeOrder {
  readonly customerId: string;
  readonly reason: string;
  readonly requestedBy: string;
}

export async function freezeAccount(
  tx: Queryable,
  order: FreezeOrder,
  nowMs: number,
  options: SaveOptions,
): Promise<NewDecision> {
  const decision = await changeFreeze(tx, order, 'freeze', nowMs, options);
  await saveFreeze(tx, order, nowMs);
  return decision;
}

export async function unfreezeAccount(
  tx: Queryable,
  order: FreezeOrder,
  nowMs: number,
  options: SaveOptions,
): Promise<NewDecision> {
  const decision = await changeFreeze(tx, order, 'unfreeze', nowMs, options);
  await saveThaw(tx, order.customerId);
  return decision;
}

async function changeFreeze(
  tx: Queryable,
  order: FreezeOrder,
  action: 'freeze' | 'unfreeze',
  nowMs: number,
  options: SaveOptions,
): Promise<NewDecision> {
  const { customerId, reason, requestedBy } = order;
  const account = (await lockAccounts(tx, [customerId])).get(customerId);
  if (account === undefined) throw unknownCustomer(customerId);
  if (account.frozen === (action === 'freeze')) {
    const state = account.frozen ? 'frozen already' : 'not frozen';
    throw new EcsError('ECS_CONFLICT', `The account of ${customerId} is ${state}.`, { facts: { customerId } });
  }
  const [decision] = await saveHandDecisions(
    tx,
    [{ customerId, action, newLimitMinor: null, note: reason }],
    { trigger: 'manual', requestedBy, nowMs, accepts: () => true },
    options,
  );
  if (decision === undefined) throw unknownCustomer(customerId);
  return decision;
}

async function saveFreeze(tx: Queryable, order: FreezeOrder, nowMs: number): Promise<void> {
  await tx.query(
    'update credit_accounts set frozen_at = $2, frozen_by = $3, frozen_reason = $4 where customer_id = $1',
    [order.customerId, new Date(nowMs), order.requestedBy, order.reason],
  );
}

async function saveThaw(tx: Queryable, customerId: string): Promise<void> {
  await tx.query(
    'update credit_accounts set frozen_at = null, frozen_by = null, frozen_reason = null where customer_id = $1',
    [customerId],
  );
}
