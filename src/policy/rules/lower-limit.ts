// How far a limit may fall at once: one step per month at most, never below what is owed, and not for a trifle.
import { DAY_MS } from '../../lib/clock.ts';
import { mulDivFloor } from '../../lib/money.ts';
import type { CurrencyAmounts, PolicyDocument } from '../policy-document.ts';
import type { PolicyFacts } from '../policy-facts.ts';
import type { ReasonCode } from '../reasons.ts';

export interface Lowered {
  readonly limitMinor: number;
  readonly held: readonly ReasonCode[];
}

/** `targetMinor` lies below `fromMinor`, the limit as far as the finances stand behind it. */
export function lowerLimit(
  facts: PolicyFacts,
  fromMinor: number,
  targetMinor: number,
  amounts: CurrencyAmounts,
  document: PolicyDocument,
): Lowered {
  const { steps } = document;
  const { lastDecreaseAtMs } = facts.account;
  if (lastDecreaseAtMs !== null && facts.nowMs - lastDecreaseAtMs < steps.decreaseEveryDays * DAY_MS) {
    return { limitMinor: fromMinor, held: ['decrease_too_soon'] };
  }
  const stepMinor = ceilToStep(mulDivCeil(fromMinor, 10_000 - steps.decreaseStepBps), amounts.roundingStepMinor);
  const balanceMinor = ceilToStep(facts.ledger.balanceMinor, amounts.roundingStepMinor);
  const limitMinor = Math.min(fromMinor, Math.max(targetMinor, stepMinor, balanceMinor));
  if (fromMinor - limitMinor < mulDivCeil(fromMinor, steps.deadBandBps)) {
    return { limitMinor: fromMinor, held: [balanceMinor >= limitMinor ? 'balance_owed' : 'small_change'] };
  }
  const held: ReasonCode[] = [];
  if (limitMinor > targetMinor) held.push(balanceMinor >= stepMinor ? 'balance_owed' : 'decrease_step');
  return { limitMinor, held };
}

function mulDivCeil(amountMinor: number, numerator: number): number {
  return -mulDivFloor(-amountMinor, numerator, 10_000);
}

/** Rounded up: a step down must not become a larger one. */
function ceilToStep(amountMinor: number, stepMinor: number): number {
  return -mulDivFloor(-amountMinor, 1, stepMinor) * stepMinor;
}
