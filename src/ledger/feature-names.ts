// The names and the order of the 23 model features. The order is the layout of every feature vector, stored ones too:
// names are never reused and never moved.

export const FEATURE_NAMES = [
  'status_latest',
  'status_previous',
  'status_third',
  'worst_months_past_due',
  'sum_months_past_due',
  'late_statements',
  'statements_since_late',
  'inactive_statements',
  'paid_in_full_statements',
  'utilisation_latest',
  'utilisation_mean',
  'utilisation_max',
  'utilisation_trend',
  'payment_ratio_latest',
  'payment_ratio_mean',
  'unpaid_statements',
  'log_payment_latest',
  'log_payment_previous',
  'log_payment_median',
  'log_payment_sum',
  'spend_rate_mean',
  'signed_log_balance',
  'balance_deviation',
] as const;

export type FeatureName = (typeof FEATURE_NAMES)[number];

/** One customer's features in the order of `FEATURE_NAMES`; NaN where a feature is missing. */
export type Features = Float64Array;
