// When a change of a customer's mood is worth a new decision; the values come from the policy.

export interface StateTriggers {
  /** Move of the 3-day mean valence since the last decision. */
  readonly valenceChange: number;
  /** Move of the 3-day mean stress since the last decision. */
  readonly stressChange: number;
}
