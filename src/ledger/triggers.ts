// When a movement of money is worth a new decision; the value comes from the policy.

export interface TransactionTriggers {
  /** Amount of one transaction as a share of the limit in force. */
  readonly transactionShareOfLimit: number;
}
