// An officer's limit: it takes effect at once, ends what was waiting, and is a stored decision with its reason.
import type { Queryable } from '../db/index.ts';
import { assert } from '../lib/assert.ts';
import { EcsError } from '../lib/errors.ts';
import { AMOUNT_MINOR_MAX, assertMinor } from '../lib/money.ts';
import type { NewDecision } from './new-decision.ts';
import type { SaveOptions } from './save-decisions.ts';
import { saveHandDecisions } from './save-hand-decisions.ts';

export interface LimitOrder {
  readonly customerId: string;
  readonly limitMinor: number;
  readonly reason: string;
  readonly requestedBy: string;
}

export async function setLimitByHand(
  tx: Queryable,
  order: LimitOrder,
  nowMs: number,
  options: SaveOptions,
): Promise<NewDecision> {
  const { customerId, limitMinor, reason, requestedBy } = order;
  assertMinor(limitMinor, 'limit');
  assert(limitMinor >= 0 && limitMinor <= AMOUNT_MINOR_MAX, `the limit ${limitMinor} is out of bounds`);
  const [decision] = await saveHandDecisions(
    tx,
    [{ customerId, action: 'set_limit', newLimitMinor: limitMinor, note: reason }],
    { trigger: 'manual', requestedBy, nowMs, accepts: () => true },
    options,
  );
  if (decision === undefined) throw unknownCustomer(customerId);
  return decision;
}

export function unknownCustomer(customerId: string): EcsError {
  return new EcsError('ECS_NOT_FOUND', `There is no customer ${customerId}.`, { facts: { customerId } });
}
