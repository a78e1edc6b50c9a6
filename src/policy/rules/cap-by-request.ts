// Nobody is given more than was asked for. Asking for less than is in force is no order to lower it.
import type { PolicyFacts } from '../policy-facts.ts';

export function capByRequest(facts: PolicyFacts): number | null {
  if (facts.requestedLimitMinor === null) return null;
  return Math.max(facts.requestedLimitMinor, facts.account.limitMinor ?? 0);
}
