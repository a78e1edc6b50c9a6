// What is known of customers' emotional states right now, as the model and the care rules may see it. Without a row
// there is no live consent, and nothing is told.
import type { Queryable } from '../db/index.ts';
import type { ConsentPurpose } from '../events/customer-event.ts';
import type { EmotionFeatures } from './emotion-features.ts';
import { emotionFeaturesOf } from './emotion-features-of.ts';
import { STATE_COLUMNS, type StateRow, toStoredState } from './stored-state-row.ts';

export interface CustomerEmotions {
  readonly emotions: EmotionFeatures | null;
  readonly thoughts: EmotionFeatures | null;
}

const NOTHING: CustomerEmotions = { emotions: null, thoughts: null };

/** Under lock, in sorted order as everybody takes them. Every id asked for is in the map; null where nothing may be told. */
export async function lockEmotionFeatures(
  tx: Queryable,
  customerIds: readonly string[],
  nowMs: number,
): Promise<Map<string, CustomerEmotions>> {
  const found = new Map(customerIds.map((customerId) => [customerId, NOTHING]));
  for (const row of await lockStates(tx, customerIds)) {
    const features = emotionFeaturesOf(toStoredState(row), nowMs);
    found.set(row.customer_id, { ...(found.get(row.customer_id) ?? NOTHING), [row.purpose]: features });
  }
  return found;
}

type CustomerStateRow = StateRow & { readonly customer_id: string; readonly purpose: ConsentPurpose };

/** What comes back is each row as it stands once its lock is held. */
async function lockStates(tx: Queryable, customerIds: readonly string[]): Promise<CustomerStateRow[]> {
  const { rows } = await tx.query<CustomerStateRow>({
    name: 'lock-emotional-states',
    text: `
      select s.customer_id, s.purpose, ${STATE_COLUMNS}
      from emotional_states s
      where s.customer_id = any($1::text[])
      order by s.customer_id, s.purpose
      for update`,
    values: [customerIds],
  });
  return rows;
}
