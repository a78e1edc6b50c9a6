// Emotional states under lock: a row is a live consent. A withdrawal that committed first has left nothing to read; one
// that comes now waits until the decision is written, and then erases what the decision stored.
import { type CustomerEmotions, loadEmotionFeatures } from '../affect/index.ts';
import type { Queryable } from '../db/index.ts';

/** Accounts are locked already. Customers without a live consent are not in the map. */
export async function loadLiveEmotions(
  tx: Queryable,
  customerIds: readonly string[],
  nowMs: number,
): Promise<Map<string, CustomerEmotions>> {
  if (customerIds.length === 0) return new Map();
  const live = await lockEmotionalStates(tx, customerIds);
  return live.length === 0 ? new Map() : loadEmotionFeatures(tx, live, nowMs);
}

async function lockEmotionalStates(tx: Queryable, customerIds: readonly string[]): Promise<string[]> {
  const { rows } = await tx.query<{ customer_id: string }>({
    name: 'decision-lock-emotional-states',
    text: `
      select customer_id from emotional_states
      where customer_id = any($1::text[])
      order by customer_id, purpose
      for update`,
    values: [customerIds],
  });
  return [...new Set(rows.map((row) => row.customer_id))];
}
