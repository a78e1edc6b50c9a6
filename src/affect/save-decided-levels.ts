// Remembers the levels a decision was made at, so that the next move is measured from there.
import type { Queryable } from '../db/index.ts';

/** Part of the decision's own transaction, after the accounts' locks; rows are locked in sorted order, as ingest does. */
export async function markDecidedLevels(tx: Queryable, customerIds: readonly string[]): Promise<void> {
  if (customerIds.length === 0) return;
  await tx.query({
    name: 'save-decided-levels',
    text: `
      with locked as materialized (
        select customer_id, purpose from emotional_states
        where customer_id = any($1::text[])
        order by customer_id, purpose
        for update
      )
      update emotional_states s set
        decided_valence_3 = s.valence_3 / nullif(s.w_3, 0),
        decided_stress_3 = s.stress_3 / nullif(s.stress_w_3, 0)
      from locked l
      where s.customer_id = l.customer_id and s.purpose = l.purpose`,
    values: [customerIds],
  });
}
