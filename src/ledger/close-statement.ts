// The documented rule by which ECS closes a statement itself, monthly at the start of the UTC month (docs/adr/0010).
import { AMOUNT_MINOR_MAX, mulDivFloor } from '../lib/money.ts';
import type { Standing, Statement } from './statement.ts';

/** What was posted to the statement, each sum >= 0. */
export interface PeriodSums {
  readonly purchasesMinor: number;
  readonly cashAdvancesMinor: number;
  readonly feesMinor: number;
  readonly interestMinor: number;
  readonly paymentsMinor: number;
  readonly refundsMinor: number;
}

export const NO_MOVEMENT: PeriodSums = {
  purchasesMinor: 0,
  cashAdvancesMinor: 0,
  feesMinor: 0,
  interestMinor: 0,
  paymentsMinor: 0,
  refundsMinor: 0,
};

export interface ClosingRule {
  /** Share of the balance that falls due. */
  readonly minimumDueBps: number;
  /** The least that falls due, unless less is owed. */
  readonly minimumDueFloorMinor: number;
}

export const CLOSING_RULE: ClosingRule = { minimumDueBps: 500, minimumDueFloorMinor: 1_000 };

/**
 * Balance = balance before + purchases + cash advances + fees + interest - payments - refunds.
 * Due = the floor or 5 % of the balance, whichever is more, and what is past due; never more than the balance.
 */
export function closeStatement(
  previous: Statement | null,
  sums: PeriodSums,
  closedAtMs: number,
  limitMinor: number | null,
  rule: ClosingRule = CLOSING_RULE,
): Statement {
  const charged = chargesOf(sums);
  const balanceMinor = clampAmount((previous?.balanceMinor ?? 0) + charged - sums.paymentsMinor - sums.refundsMinor);
  const paidMinor = clampAmount(sums.paymentsMinor);
  const standing = standingOf(previous, { balanceMinor, paidMinor, used: charged > 0 });
  const monthsPastDue = standing === 'past_due' ? (previous?.monthsPastDue ?? 0) + 1 : 0;
  const overdueMinor = standing === 'past_due' ? (previous?.minimumDueMinor ?? 0) - paidMinor : 0;
  const minimumDueMinor = minimumDueOf(balanceMinor, overdueMinor, rule);
  return { closedAtMs, balanceMinor, minimumDueMinor, paidMinor, monthsPastDue, standing, limitMinor };
}

function chargesOf(sums: PeriodSums): number {
  return sums.purchasesMinor + sums.cashAdvancesMinor + sums.feesMinor + sums.interestMinor;
}

/** Each amount is bounded, their sums are not: a runaway producer's account stands still here and harms no other. */
function clampAmount(amountMinor: number): number {
  return Math.min(Math.max(amountMinor, -AMOUNT_MINOR_MAX), AMOUNT_MINOR_MAX);
}

/**
 * Inactive: nothing owed, before or now, and no use. Paid in full: what was owed before was paid, or nothing is owed any
 * more (refunds). Revolving: at least what was due was paid. Else one month more past due.
 */
function standingOf(
  previous: Statement | null,
  now: { readonly balanceMinor: number; readonly paidMinor: number; readonly used: boolean },
): Standing {
  const owedMinor = previous?.balanceMinor ?? 0;
  if (owedMinor <= 0 && now.balanceMinor <= 0 && !now.used) return 'inactive';
  if (now.paidMinor >= owedMinor || now.balanceMinor <= 0) return 'paid_in_full';
  return now.paidMinor >= (previous?.minimumDueMinor ?? 0) ? 'revolving' : 'past_due';
}

function minimumDueOf(balanceMinor: number, overdueMinor: number, rule: ClosingRule): number {
  if (balanceMinor <= 0) return 0;
  const share = mulDivFloor(balanceMinor, rule.minimumDueBps, 10_000);
  return Math.min(balanceMinor, Math.max(rule.minimumDueFloorMinor, share) + overdueMinor);
}

/**
 * Standing of a lender's statement that does not tell it. The lender's months past due are believed; for the rest the
 * rule is the one above. Where the statement before is not known, what was owed then is not known either, and a
 * balance is read as revolving.
 */
export function deriveStanding(
  previous: Pick<Statement, 'balanceMinor'> | null,
  statement: Pick<Statement, 'balanceMinor' | 'paidMinor' | 'monthsPastDue'>,
): Standing {
  const { balanceMinor, paidMinor, monthsPastDue } = statement;
  if (monthsPastDue > 0) return 'past_due';
  if (balanceMinor <= 0) return (previous?.balanceMinor ?? 0) <= 0 && paidMinor === 0 ? 'inactive' : 'paid_in_full';
  return previous !== null && paidMinor >= previous.balanceMinor ? 'paid_in_full' : 'revolving';
}
