// Who of a batch consents now, and since when. The rows stay locked until the transaction ends, so what is read here
// still holds when the states are saved; a withdrawal that commits while this waits for a row has taken it away.
import type { Queryable } from '../db/index.ts';
import type { ConsentPurpose } from '../events/customer-event.ts';

/** From when on the readings of each customer count. A customer without a live consent is not in it. */
export type LiveConsents = ReadonlyMap<string, number>;

export async function lockLiveConsents(
  tx: Queryable,
  purpose: ConsentPurpose,
  customerIds: readonly string[],
): Promise<LiveConsents> {
  if (customerIds.length === 0) return new Map();
  const { rows } = await tx.query<{ customer_id: string; consented_from: Date }>({
    name: 'affect-lock-live-consents',
    text: `
      select customer_id, consented_from from emotional_states
      where customer_id = any($1::text[]) and purpose = $2
      order by customer_id
      for update`,
    values: [customerIds, purpose],
  });
  return new Map(rows.map((row) => [row.customer_id, row.consented_from.getTime()]));
}
