// Who of a batch consents now, and since when. The rows stay locked until the transaction ends, so what is read here
// still holds when the states are saved; a withdrawal that commits while this waits for a row has taken it away.
import { binaryArray, type Queryable } from '../db/index.ts';
import type { ConsentPurpose } from '../events/customer-event.ts';

/** From when on the readings of each customer count; -Infinity: all that were asked for. Without a live consent: not in it. */
export type LiveConsents = ReadonlyMap<string, number>;

/**
 * `earliestMs`: of the events that ask. Who has consented since before then, as nearly everybody has, comes without a date:
 * the driver takes longer to read one than PostgreSQL takes for the row.
 */
export async function lockLiveConsents(
  tx: Queryable,
  purpose: ConsentPurpose,
  customerIds: readonly string[],
  earliestMs: number,
): Promise<LiveConsents> {
  if (customerIds.length === 0) return new Map();
  const { rows } = await tx.query<{ customer_id: string; consented_from: Date | null }>({
    name: 'affect-lock-live-consents',
    text: `
      select customer_id, case when consented_from > $3 then consented_from end as consented_from from emotional_states
      where customer_id = any($1::text[]) and purpose = $2
      order by customer_id
      for update`,
    values: [binaryArray.text(customerIds), purpose, new Date(earliestMs)],
  });
  return new Map(rows.map((row) => [row.customer_id, row.consented_from?.getTime() ?? Number.NEGATIVE_INFINITY]));
}
