// Remembers the levels a decision was made at, so that the next move is measured from there.
import type { Queryable } from '../db/index.ts';

/** Part of the decision's own transaction, after the accounts' locks. */
export async function markDecidedLevels(_tx: Queryable, _customerIds: readonly string[]): Promise<void> {
  throw new Error('being written');
}
