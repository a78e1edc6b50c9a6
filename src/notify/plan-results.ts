// From what came of the attempts to what is saved: delivered, tried again later, or a dead letter.
import type { Delivery, DeliveryOutcome, DestinationKind } from './delivery.ts';
import { nextDelayMs, type RetryPolicy } from './retry-policy.ts';
import type { DeliveryResult } from './save-delivery-results.ts';

export interface PlanRules {
  readonly kind: DestinationKind;
  readonly policy: RetryPolicy;
  readonly random: () => number;
}

const ERROR_LENGTH_MAX = 500;

/** `outcomes[i]` belongs to `deliveries[i]`; a customer's deliveries stand together, in order. */
export function planResults(
  deliveries: readonly Delivery[],
  outcomes: readonly DeliveryOutcome[],
  rules: PlanRules,
): DeliveryResult[] {
  // What was not tried behind a failed head waits for the head.
  let head: { readonly customerId: string; readonly delayMs: number | null } | undefined;
  return deliveries.map((delivery, index) => {
    const outcome = outcomes[index] ?? { result: 'untried' };
    const place = { customerId: delivery.customerId, sequence: delivery.sequence };
    if (outcome.result === 'untried') {
      const delayMs = head?.customerId === delivery.customerId ? head.delayMs : null;
      return { ...place, state: 'pending', attempted: false, delayMs, error: null };
    }
    const end = planAttempted(delivery, outcome, rules);
    if (end.state === 'pending') head = { customerId: delivery.customerId, delayMs: end.delayMs };
    return { ...place, ...end, attempted: true };
  });
}

type End = Pick<DeliveryResult, 'state' | 'delayMs' | 'error'>;

function planAttempted(
  delivery: Delivery,
  outcome: Exclude<DeliveryOutcome, { result: 'untried' }>,
  rules: PlanRules,
): End {
  if (outcome.result === 'delivered') return { state: 'delivered', delayMs: null, error: null };
  const error = outcome.error.slice(0, ERROR_LENGTH_MAX);
  if (outcome.result !== 'failed') return { state: 'dead', delayMs: null, error };
  // While the broker is away nothing dies: the whole destination waits instead, and the lines stay as they are.
  if (rules.kind === 'kafka') return { state: 'pending', delayMs: null, error };
  const failed = { attempts: delivery.attempts + 1, retryAfterMs: outcome.retryAfterMs };
  const delayMs = nextDelayMs(rules.policy, failed, rules.random());
  return { state: delayMs === null ? 'dead' : 'pending', delayMs, error };
}
