// Takes decided customers off the queue, in the transaction that decided them: only the version that was read, so that a
// change during the decision is decided again.
import { binaryArray, type Queryable } from '../db/index.ts';

export async function deleteQueued(
  tx: Queryable,
  customers: readonly { readonly customerId: string; readonly version?: number | undefined }[],
): Promise<void> {
  const versioned = customers.flatMap(({ customerId, version }) =>
    version === undefined ? [] : [{ customerId, version }],
  );
  if (versioned.length === 0) return;
  await tx.query({
    name: 'decision-delete-queued',

    text: `with done as materialized (
       select q.customer_id
       from unnest($1::text[], $2::int8[]) as decided (customer_id, version)
       join decision_queue q on q.customer_id = decided.customer_id and q.version = decided.version
       order by q.customer_id
       for update of q
     )
     delete from decision_queue q using done where q.customer_id = done.customer_id`,
    values: [
      binaryArray.text(versioned.map((one) => one.customerId)),
      binaryArray.int8(versioned.map((one) => one.version)),
    ],
  });
}
