// Decisions no model made: an officer's limit, a freeze and its end, and the limit an import brings along. They are
// stored in the same form, so that a limit has one history whoever set it.
import { assertNever } from '../lib/assert.ts';
import { orderReasons, type Reason, type ReasonCode } from '../policy/index.ts';
import type { DecisionHeader } from './decision-input.ts';
import type { DecisionOutcome } from './decision-view.ts';
import type { Settlement } from './settle-limit.ts';

export interface HandInputs extends DecisionHeader {
  readonly action: 'set_limit' | 'freeze' | 'unfreeze' | 'bring_along';
  /** Only for `set_limit` and `bring_along`. */
  readonly newLimitMinor: number | null;
  /** The officer's own words. */
  readonly note: string | null;
  readonly account: {
    readonly limitMinor: number | null;
    readonly financialLimitMinor: number | null;
    readonly lastIncreaseAtMs: number | null;
    readonly lastDecreaseAtMs: number | null;
  };
}

export function decideByHand(inputs: HandInputs): Settlement {
  switch (inputs.action) {
    case 'set_limit':
      return takeLimit(inputs, 'limit_set_by_officer');
    case 'bring_along':
      return takeLimit(inputs, 'limit_brought_along');
    case 'freeze':
      return keepLimit(inputs, 'account_frozen_by_officer');
    case 'unfreeze':
      return keepLimit(inputs, 'account_unfrozen_by_officer');
    default:
      return assertNever(inputs.action);
  }
}

function reasonsOf(inputs: HandInputs, code: ReasonCode, result: ReasonCode): Reason[] {
  return orderReasons([
    { code, details: inputs.note === null ? {} : { note: inputs.note } },
    { code: result, details: {} },
  ]);
}

/** A person's limit is a limit without emotion: F = C. It takes effect at once, and it ends what was waiting. */
function takeLimit(inputs: HandInputs, code: ReasonCode): Settlement {
  const limitMinor = inputs.newLimitMinor ?? 0;
  const { limitMinor: before, financialLimitMinor, lastIncreaseAtMs, lastDecreaseAtMs } = inputs.account;
  const [outcome, result] = compare(before, limitMinor);
  return {
    outcome,
    limitMinor,
    financialLimitMinor: limitMinor,
    scheduled: null,
    replacesScheduled: true,
    lastIncreaseAtMs: outcome === 'increase' ? inputs.nowMs : lastIncreaseAtMs,
    lastDecreaseAtMs: limitMinor < (financialLimitMinor ?? 0) ? inputs.nowMs : lastDecreaseAtMs,
    reasons: reasonsOf(inputs, code, result),
  };
}

function compare(before: number | null, after: number): [DecisionOutcome, ReasonCode] {
  if (before === null) return ['approve', 'limit_opened'];
  if (after === before) return ['keep', 'limit_kept'];
  return after > before ? ['increase', 'limit_raised'] : ['decrease', 'limit_lowered'];
}

function keepLimit(inputs: HandInputs, code: ReasonCode): Settlement {
  const result = inputs.account.limitMinor === null ? 'limit_not_opened' : 'limit_kept';
  return {
    ...inputs.account,
    outcome: 'keep',
    scheduled: null,
    replacesScheduled: false,
    reasons: reasonsOf(inputs, code, result),
  };
}
