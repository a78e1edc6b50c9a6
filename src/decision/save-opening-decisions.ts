// The limits customers had before ECS, as stored decisions: an imported limit is a limit without emotion (F = C).
import type { Queryable } from '../db/index.ts';
import type { SaveOptions } from './save-decisions.ts';
import { saveHandDecisions } from './save-hand-decisions.ts';

export interface OpeningLimit {
  readonly customerId: string;
  readonly limitMinor: number;
}

const BATCH = 1_000;

/** Customers that have a limit already are left alone, so an import may run again. Gives back how many were saved. */
export async function saveOpeningDecisions(
  tx: Queryable,
  rows: readonly OpeningLimit[],
  requestedBy: string,
  nowMs: number,
  options: SaveOptions,
): Promise<number> {
  // Sorted as a whole: two imports that lock batch by batch still lock in one order.
  const sorted = rows.toSorted((one, other) => (one.customerId < other.customerId ? -1 : 1));
  let saved = 0;
  for (let from = 0; from < sorted.length; from += BATCH) {
    const decisions = await saveHandDecisions(
      tx,
      sorted.slice(from, from + BATCH).map(({ customerId, limitMinor }) => ({
        customerId,
        action: 'bring_along',
        newLimitMinor: limitMinor,
        note: null,
      })),
      { trigger: 'import', requestedBy, nowMs, accepts: (account) => account.limitMinor === null },
      options,
    );
    saved += decisions.length;
  }
  return saved;
}
