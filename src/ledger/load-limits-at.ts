// The credit limit that was in force at given instants.
import type { Queryable } from '../db/index.ts';

/** In the order asked; null where no limit was in force. */
export async function loadLimitsAt(
  db: Queryable,
  asked: readonly { readonly customerId: string; readonly closedAtMs: number }[],
): Promise<(number | null)[]> {
  const { rows } = await db.query<{ limit_minor: number | null }>({
    name: 'ledger-load-limits-at',
    text: `
      select l.limit_minor
      from unnest($1::text[], $2::timestamptz[]) with ordinality as asked (customer_id, closed_at, place)
      left join lateral (
        select limit_minor from credit_limits
        where customer_id = asked.customer_id and state <> 'scheduled'
          and valid_from <= asked.closed_at and (valid_to is null or valid_to > asked.closed_at)
        order by valid_from desc
        limit 1
      ) l on true
      order by asked.place`,
    values: [asked.map((one) => one.customerId), asked.map((one) => new Date(one.closedAtMs))],
  });
  return rows.map((row) => row.limit_minor);
}
