// From what the two halves want to what happens: no-harm rule, freeze, care pause, assent and notice, outcome, reasons.
// Given the same half twice it is the decision as it would stand without emotion.
import { DAY_MS } from '../lib/clock.ts';
import { orderReasons, type Policy, type PolicyResult, type Reason, type ReasonCode } from '../policy/index.ts';
import type { FinancialInputs } from './decision-input.ts';
import type { DecisionOutcome } from './decision-view.ts';
import { combineLimits } from './no-harm.ts';

/** A limit that was decided and waits for assent or for the end of notice. */
export interface ScheduledLimit {
  readonly limitMinor: number;
  /** F as it will be once it is in force. */
  readonly financialLimitMinor: number;
  readonly fromMs: number;
}

export interface Settlement {
  readonly outcome: DecisionOutcome;
  /** C and F after the decision; null while there is no account in force. */
  readonly limitMinor: number | null;
  readonly financialLimitMinor: number | null;
  readonly scheduled: ScheduledLimit | null;
  /** May what waits from an earlier decision be replaced? Not by a decision that judged nothing. */
  readonly replacesScheduled: boolean;
  readonly lastIncreaseAtMs: number | null;
  readonly lastDecreaseAtMs: number | null;
  readonly reasons: readonly Reason[];
}

export interface Halves {
  readonly without: PolicyResult;
  readonly with: PolicyResult;
  /** Acute distress: no increase the customer did not ask for. */
  readonly pause: boolean;
}

export function settleLimit(inputs: FinancialInputs, halves: Halves, policy: Policy): Settlement {
  if (inputs.frozen) return leaveAsIs(inputs, [reasonOf('account_frozen')]);
  if (!halves.without.judged) return leaveAsIs(inputs, halves.without.reasons);
  const { limitMinor, financialLimitMinor } = inputs.account;
  if (limitMinor === null || financialLimitMinor === null) return settleOpening(inputs, halves, policy);
  return settleMove(inputs, { limitMinor, financialLimitMinor }, halves, policy);
}

const reasonOf = (code: ReasonCode): Reason => ({ code, details: {} });

/** A person looks at it where somebody asked; an automatic decision just keeps what there is. */
function leaveAsIs(inputs: FinancialInputs, reasons: readonly Reason[]): Settlement {
  const isRefusalToJudge = !inputs.frozen || inputs.account.limitMinor === null;
  return {
    ...unchanged(inputs),
    outcome: inputs.trigger === 'api' && isRefusalToJudge ? 'review' : 'keep',
    replacesScheduled: false,
    reasons: orderReasons([...reasons, reasonOf(keptCode(inputs))]),
  };
}

function keptCode(inputs: FinancialInputs): ReasonCode {
  return inputs.account.limitMinor === null ? 'limit_not_opened' : 'limit_kept';
}

function unchanged(inputs: FinancialInputs): Omit<Settlement, 'outcome' | 'reasons'> {
  const { limitMinor, financialLimitMinor, lastIncreaseAtMs, lastDecreaseAtMs } = inputs.account;
  return {
    limitMinor,
    financialLimitMinor,
    scheduled: null,
    replacesScheduled: true,
    lastIncreaseAtMs,
    lastDecreaseAtMs,
  };
}

function settleOpening(inputs: FinancialInputs, halves: Halves, policy: Policy): Settlement {
  const { without } = halves;
  const isApplication = inputs.trigger === 'api';
  const after = combineLimits(inputs.account, without.approved, without.limitMinor, halves.with.limitMinor);
  if (after.limitMinor === null || after.financialLimitMinor === null) {
    // Nobody applied, so nobody is refused.
    const outcome = isApplication ? 'decline' : 'keep';
    return { ...unchanged(inputs), outcome, reasons: withResult(without.reasons, 'limit_not_opened') };
  }
  const reasons = (after.limitMinor === halves.with.limitMinor ? halves.with : without).reasons;
  if (policy.document.pack.increaseNeedsAssent && !isApplication) {
    return {
      ...unchanged(inputs),
      outcome: 'approve',
      scheduled: {
        limitMinor: after.limitMinor,
        financialLimitMinor: after.financialLimitMinor,
        fromMs: inputs.nowMs,
      },
      reasons: withResult(reasons, 'assent_needed'),
    };
  }
  return { ...unchanged(inputs), ...after, outcome: 'approve', reasons: withResult(reasons, 'limit_opened') };
}

function withResult(reasons: readonly Reason[], ...codes: ReasonCode[]): Reason[] {
  return orderReasons([...reasons, ...codes.map(reasonOf)]);
}

interface InForce {
  readonly limitMinor: number;
  readonly financialLimitMinor: number;
}

function settleMove(inputs: FinancialInputs, before: InForce, halves: Halves, policy: Policy): Settlement {
  const l0 = halves.without.limitMinor;
  const l1 = halves.with.limitMinor;
  const after = combineLimits(before, true, l0, l1);
  const limitMinor = after.limitMinor ?? before.limitMinor;
  const financialLimitMinor = after.financialLimitMinor ?? before.financialLimitMinor;
  const isUnasked = inputs.requestedLimitMinor === null;
  if (limitMinor > before.limitMinor && halves.pause && isUnasked) return pauseForCare(inputs, before, l0);
  const deciding = limitMinor === l1 ? halves.with : halves.without;
  const moved = { limitMinor, financialLimitMinor, lastDecreaseAtMs: decreaseTime(inputs, before, l0) };
  if (limitMinor > before.limitMinor) {
    return settleIncrease(
      inputs,
      before,
      moved,
      deciding.reasons,
      policy.document.pack.increaseNeedsAssent && isUnasked,
    );
  }
  if (limitMinor < before.limitMinor) {
    // Whether notice is due is a matter of the finances alone.
    const noticeDays = halves.without.riskWorsened ? 0 : policy.document.pack.decreaseNoticeDays;
    return settleDecrease(inputs, moved, deciding.reasons, noticeDays);
  }
  return {
    ...unchanged(inputs),
    ...moved,
    outcome: 'keep',
    reasons: withResult(deciding.reasons, 'limit_kept'),
  };
}

/** The limit did not rise, so F follows the rule for that; the customer's limit is not touched. */
function pauseForCare(inputs: FinancialInputs, before: InForce, l0: number): Settlement {
  const financialLimitMinor = Math.min(before.financialLimitMinor, l0);
  return {
    ...unchanged(inputs),
    financialLimitMinor,
    outcome: 'keep',
    lastDecreaseAtMs: decreaseTime(inputs, before, l0),
    reasons: withResult([], 'care_pause', 'limit_kept'),
  };
}

/** Decreases are paced by the finances: they may have fallen while good spirits still held the limit up. */
function decreaseTime(inputs: FinancialInputs, before: InForce, l0: number): number | null {
  const hasFallen = l0 < Math.min(before.limitMinor, before.financialLimitMinor);
  return hasFallen ? inputs.nowMs : inputs.account.lastDecreaseAtMs;
}

interface Moved extends InForce {
  readonly lastDecreaseAtMs: number | null;
}

function toScheduled({ limitMinor, financialLimitMinor }: InForce, fromMs: number): ScheduledLimit {
  return { limitMinor, financialLimitMinor, fromMs };
}

function settleIncrease(
  inputs: FinancialInputs,
  before: InForce,
  after: Moved,
  reasons: readonly Reason[],
  needsAssent: boolean,
): Settlement {
  if (needsAssent) {
    return {
      ...unchanged(inputs),
      outcome: 'increase',
      scheduled: toScheduled(after, inputs.nowMs),
      reasons: withResult(reasons, 'assent_needed'),
    };
  }
  // After a rise F is L0. The customer's turn is used up only by what the finances alone gave, and gave in full: what
  // mood gave, or withheld for now, must not make anybody wait.
  const l0 = after.financialLimitMinor;
  const isLedByFinances = l0 > before.limitMinor && after.limitMinor >= l0;
  return {
    ...unchanged(inputs),
    ...after,
    outcome: 'increase',
    lastIncreaseAtMs: isLedByFinances ? inputs.nowMs : inputs.account.lastIncreaseAtMs,
    reasons: withResult(reasons, 'limit_raised'),
  };
}

function settleDecrease(
  inputs: FinancialInputs,
  after: Moved,
  reasons: readonly Reason[],
  noticeDays: number,
): Settlement {
  if (noticeDays > 0) {
    // F stays too: what has not taken effect must not be taken for given by the next decision.
    return {
      ...unchanged(inputs),
      outcome: 'decrease',
      scheduled: toScheduled(after, inputs.nowMs + noticeDays * DAY_MS),
      reasons: withResult(reasons, 'notice_running'),
    };
  }
  return {
    ...unchanged(inputs),
    ...after,
    outcome: 'decrease',
    reasons: withResult(reasons, 'limit_lowered'),
  };
}
