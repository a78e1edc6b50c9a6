// Why a decision came out as it did: one ordered list of codes. The order is the precedence in which reasons are told,
// and it is part of the contract; codes are never reused, and a text is plain enough for a twelve-year-old. The file is
// long because it is that one list: a table that is read from top to bottom.
import type { FeatureName } from '../ledger/index.ts';
import { assert } from '../lib/assert.ts';
import type { PointsLost } from '../model/index.ts';

/** `emotion`: follows from emotional data, so it is stored with the emotional half and erased with it. */
export const REASON_KINDS = [
  'governance',
  'emotion',
  'review',
  'conduct',
  'affordability',
  'risk',
  'score',
  'request',
  'step',
  'schedule',
  'result',
] as const;
export type ReasonKind = (typeof REASON_KINDS)[number];

interface ReasonRow {
  readonly code: string;
  readonly kind: ReasonKind;
  /** Does it stand for a refusal, a cut, or an increase that was not given? */
  readonly adverse: boolean;
  readonly text: string;
}

const HELP = 'If money worries you, we can talk: call us, or ask for a person to call you back.';

/** Every code, in precedence. */
export const REASONS = [
  {
    code: 'limit_set_by_officer',
    kind: 'governance',
    adverse: false,
    text: 'A person who works here set your limit by hand.',
  },
  {
    code: 'account_frozen_by_officer',
    kind: 'governance',
    adverse: true,
    text: 'A person who works here stopped automatic changes of your limit for now.',
  },
  {
    code: 'account_unfrozen_by_officer',
    kind: 'governance',
    adverse: false,
    text: 'A person who works here allowed automatic changes of your limit again.',
  },
  {
    code: 'limit_brought_along',
    kind: 'governance',
    adverse: false,
    text: 'This is the limit you already had.',
  },
  {
    code: 'account_frozen',
    kind: 'governance',
    adverse: true,
    text: 'Automatic changes of your limit are stopped for now, so it stays as it is.',
  },
  {
    code: 'care_pause',
    kind: 'emotion',
    adverse: false,
    text: `You seem to be having a hard time, so we did not raise your limit on our own. Your limit stays as it is, and you can still ask for more. ${HELP}`,
  },
  {
    code: 'emotion_raised_limit',
    kind: 'emotion',
    adverse: false,
    text: 'How you have been feeling lately, which you let us use, helped your limit.',
  },
  {
    code: 'emotion_held_increase',
    kind: 'emotion',
    adverse: true,
    text: 'How you have been feeling lately, which you let us use, made us raise your limit by less, or not yet. It can never lower your limit.',
  },
  {
    code: 'emotion_did_not_lower',
    kind: 'emotion',
    adverse: false,
    text: 'Your feelings never lower your limit, so it stays as it is.',
  },
  {
    code: 'consented_data',
    kind: 'governance',
    adverse: false,
    text: 'Information you let us use played a part. It is shown to you for as long as you let us keep it.',
  },
  {
    code: 'currency_not_covered',
    kind: 'review',
    adverse: false,
    text: 'We have no rules yet for limits in your currency, so a person has to look at this.',
  },
  {
    code: 'no_history_no_income',
    kind: 'review',
    adverse: false,
    text: 'We know neither your income nor how you have paid so far, so a person has to look at this.',
  },
  {
    code: 'late_payment',
    kind: 'conduct',
    adverse: true,
    text: 'You paid late on one of your last six statements. We do not raise limits until six in a row were paid on time.',
  },
  {
    code: 'persistent_debt',
    kind: 'conduct',
    adverse: true,
    text: `You have carried a debt for months and paid off little of it, so we do not raise your limit. ${HELP}`,
  },
  {
    code: 'income_unknown',
    kind: 'affordability',
    adverse: true,
    text: 'We do not know your income. We need it before we can give you a higher limit.',
  },
  {
    code: 'income_multiple',
    kind: 'affordability',
    adverse: true,
    text: 'Your limit can only be so many times your monthly income.',
  },
  {
    code: 'monthly_repayment',
    kind: 'affordability',
    adverse: true,
    text: 'Paying back a higher limit each month would take too much of your income.',
  },
  {
    code: 'proven_payments',
    kind: 'affordability',
    adverse: true,
    text: 'We do not know your income, so we look at what you have been paying each month. It does not yet show that a higher limit fits.',
  },
  {
    code: 'below_minimum',
    kind: 'affordability',
    adverse: true,
    text: 'The limit we could give you is below the smallest one we offer.',
  },
  {
    code: 'risk_above_cutoff',
    kind: 'risk',
    adverse: true,
    text: 'Your score says that missed payments are too likely for new credit.',
  },
  {
    code: 'risk_band',
    kind: 'risk',
    adverse: true,
    text: 'Your score allows a limit up to a certain size.',
  },
  {
    code: 'score_status_latest',
    kind: 'score',
    adverse: true,
    text: 'How your latest statement ended: paid in full, partly paid, late, or not used.',
  },
  {
    code: 'score_status_previous',
    kind: 'score',
    adverse: true,
    text: 'How the statement before your latest one ended: paid in full, partly paid, late, or not used.',
  },
  {
    code: 'score_status_third',
    kind: 'score',
    adverse: true,
    text: 'How your statement three months ago ended: paid in full, partly paid, late, or not used.',
  },
  {
    code: 'score_worst_months_past_due',
    kind: 'score',
    adverse: true,
    text: 'How far behind with payments you were at the worst point of the last six statements.',
  },
  {
    code: 'score_sum_months_past_due',
    kind: 'score',
    adverse: true,
    text: 'How far behind with payments you were over the last six statements, all together.',
  },
  {
    code: 'score_late_statements',
    kind: 'score',
    adverse: true,
    text: 'On how many of your last six statements you were late.',
  },
  {
    code: 'score_statements_since_late',
    kind: 'score',
    adverse: true,
    text: 'How long you have paid on time without a break.',
  },
  {
    code: 'score_inactive_statements',
    kind: 'score',
    adverse: true,
    text: 'On how many of your last six statements you did not use your credit.',
  },
  {
    code: 'score_paid_in_full_statements',
    kind: 'score',
    adverse: true,
    text: 'How many of your last six statements you paid in full.',
  },
  {
    code: 'score_utilisation_latest',
    kind: 'score',
    adverse: true,
    text: 'How much of your limit you use now.',
  },
  {
    code: 'score_utilisation_mean',
    kind: 'score',
    adverse: true,
    text: 'How much of your limit you used over the last six statements.',
  },
  {
    code: 'score_utilisation_max',
    kind: 'score',
    adverse: true,
    text: 'The most of your limit you used on any of the last six statements.',
  },
  {
    code: 'score_utilisation_trend',
    kind: 'score',
    adverse: true,
    text: 'Whether you use more or less of your limit than some months ago.',
  },
  {
    code: 'score_payment_ratio_latest',
    kind: 'score',
    adverse: true,
    text: 'How much of what you owed you paid last time.',
  },
  {
    code: 'score_payment_ratio_mean',
    kind: 'score',
    adverse: true,
    text: 'How much of what you owed you paid each time, over the last six statements.',
  },
  {
    code: 'score_unpaid_statements',
    kind: 'score',
    adverse: true,
    text: 'How often you owed money and paid nothing.',
  },
  {
    code: 'score_log_payment_latest',
    kind: 'score',
    adverse: true,
    text: 'The size of your latest payment.',
  },
  {
    code: 'score_log_payment_previous',
    kind: 'score',
    adverse: true,
    text: 'The size of your payment the month before.',
  },
  {
    code: 'score_log_payment_median',
    kind: 'score',
    adverse: true,
    text: 'The usual size of your payments.',
  },
  {
    code: 'score_log_payment_sum',
    kind: 'score',
    adverse: true,
    text: 'What you paid over the last six statements, all together.',
  },
  {
    code: 'score_spend_rate_mean',
    kind: 'score',
    adverse: true,
    text: 'How much you spend each month, compared with your limit.',
  },
  {
    code: 'score_signed_log_balance',
    kind: 'score',
    adverse: true,
    text: 'How much you owe now.',
  },
  {
    code: 'score_balance_deviation',
    kind: 'score',
    adverse: true,
    text: 'How much what you owe goes up and down from month to month.',
  },
  {
    code: 'starting_limit',
    kind: 'risk',
    adverse: false,
    text: 'A new account starts with a small limit. It can grow once we have seen a few statements.',
  },
  {
    code: 'request_below_minimum',
    kind: 'request',
    adverse: true,
    text: 'You asked for less than the smallest limit we offer.',
  },
  {
    code: 'requested_amount',
    kind: 'request',
    adverse: false,
    text: 'We never give more than you asked for.',
  },
  {
    code: 'increase_too_soon',
    kind: 'step',
    adverse: true,
    text: 'Your limit went up not long ago. We wait some months between increases.',
  },
  {
    code: 'few_statements',
    kind: 'step',
    adverse: true,
    text: 'We need to see a few more statements before we raise a limit on our own.',
  },
  {
    code: 'increase_step',
    kind: 'step',
    adverse: false,
    text: 'A limit grows step by step; this is the largest step.',
  },
  {
    code: 'increase_year',
    kind: 'step',
    adverse: false,
    text: 'A limit grows only so much in a year.',
  },
  {
    code: 'decrease_too_soon',
    kind: 'step',
    adverse: false,
    text: 'Your limit went down not long ago, so it is not lowered again yet.',
  },
  {
    code: 'decrease_step',
    kind: 'step',
    adverse: false,
    text: 'A limit is lowered step by step; this is the largest step.',
  },
  {
    code: 'balance_owed',
    kind: 'step',
    adverse: false,
    text: 'Your limit is never lowered below what you owe.',
  },
  {
    code: 'small_change',
    kind: 'step',
    adverse: false,
    text: 'The change would be too small to be worth it, so your limit stays as it is.',
  },
  {
    code: 'assent_needed',
    kind: 'schedule',
    adverse: false,
    text: 'You can have a higher limit. It waits until you say yes.',
  },
  {
    code: 'notice_running',
    kind: 'schedule',
    adverse: true,
    text: 'Your limit will go down, but only after the time we have to tell you ahead.',
  },
  { code: 'limit_opened', kind: 'result', adverse: false, text: 'Your limit was opened.' },
  { code: 'limit_raised', kind: 'result', adverse: false, text: 'Your limit was raised.' },
  { code: 'limit_lowered', kind: 'result', adverse: true, text: 'Your limit was lowered.' },
  { code: 'limit_kept', kind: 'result', adverse: false, text: 'Your limit stays as it is.' },
  { code: 'limit_not_opened', kind: 'result', adverse: true, text: 'No limit was opened.' },
] as const satisfies readonly ReasonRow[];

export type ReasonCode = (typeof REASONS)[number]['code'];

export interface Reason {
  readonly code: ReasonCode;
  /** Figures behind it, or an officer's words under `note`. */
  readonly details: Readonly<Record<string, number | string>>;
}

const ROWS: ReadonlyMap<string, ReasonRow> = new Map(REASONS.map((row) => [row.code, row]));
const FIRST_SCORE_PLACE = REASONS.findIndex((row) => row.kind === 'score');
// Score reasons share one place: among themselves the points lost decide.
const PLACES: ReadonlyMap<string, number> = new Map(
  REASONS.map((row, place) => [row.code, row.kind === 'score' ? FIRST_SCORE_PLACE : place]),
);

/** How many reasons a customer is told. */
export const REASONS_TOLD_MAX = 4;

export function findReason(code: string): ReasonRow | undefined {
  return ROWS.get(code);
}

export function isReasonKind(code: ReasonCode, kind: ReasonKind): boolean {
  return ROWS.get(code)?.kind === kind;
}

/** Every code once, in precedence; score reasons stay in the order given. */
export function orderReasons(reasons: readonly Reason[]): Reason[] {
  const firsts = reasons.filter((reason, index) => reasons.findIndex((other) => other.code === reason.code) === index);
  return firsts.sort((one, other) => (PLACES.get(one.code) ?? 0) - (PLACES.get(other.code) ?? 0));
}

/** What a feature is about: of one family the heaviest is told first, the others only after every family had a word. */
const FEATURE_FAMILIES: Readonly<Record<FeatureName, string>> = {
  status_latest: 'standing',
  status_previous: 'standing',
  status_third: 'standing',
  worst_months_past_due: 'lateness',
  sum_months_past_due: 'lateness',
  late_statements: 'lateness',
  statements_since_late: 'lateness',
  inactive_statements: 'activity',
  paid_in_full_statements: 'payment_share',
  utilisation_latest: 'use_of_limit',
  utilisation_mean: 'use_of_limit',
  utilisation_max: 'use_of_limit',
  utilisation_trend: 'use_of_limit',
  payment_ratio_latest: 'payment_share',
  payment_ratio_mean: 'payment_share',
  unpaid_statements: 'payment_share',
  log_payment_latest: 'payment_size',
  log_payment_previous: 'payment_size',
  log_payment_median: 'payment_size',
  log_payment_sum: 'payment_size',
  spend_rate_mean: 'spending',
  signed_log_balance: 'debt',
  balance_deviation: 'debt',
};

const isFeature = (name: string): name is FeatureName => Object.hasOwn(FEATURE_FAMILIES, name);

/** Less than a point is not why anything happened. */
const POINTS_TOLD_MIN = 1;

/** `lost` comes worst first. */
export function scoreReasons(lost: readonly PointsLost[]): Reason[] {
  const heard = new Set<string>();
  const first: Reason[] = [];
  const further: Reason[] = [];
  for (const { feature, pointsLost } of lost) {
    if (pointsLost < POINTS_TOLD_MIN) continue;
    assert(isFeature(feature), `the model's feature ${feature} has no reason`);
    const family = FEATURE_FAMILIES[feature];
    const reason: Reason = { code: `score_${feature}`, details: { pointsLost: Math.round(pointsLost * 10) / 10 } };
    (heard.has(family) ? further : first).push(reason);
    heard.add(family);
  }
  return [...first, ...further];
}
