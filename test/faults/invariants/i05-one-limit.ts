// I5: a customer has at most one limit in force, it is the account's, and the intervals of limits do not overlap.
import { type Invariant, report } from './invariant.ts';

export const oneLimit: Invariant = {
  id: 'I5',
  promise: 'at most one limit in force per customer, no two overlap',
  when: 'always',
  async check({ query }) {
    const rows = await query<{ found: string }>(
      `with of_customers as (
         select customer_id, count(*) filter (where state = 'in_force') as in_force,
           max(limit_minor) filter (where state = 'in_force') as limit_minor
         from credit_limits group by customer_id
       )
       select a.customer_id || ': ' || coalesce(l.in_force, 0) || ' limits in force, '
         || coalesce(l.limit_minor::text, 'none') || ', on the account ' || coalesce(a.limit_minor::text, 'none') as found
       from credit_accounts a left join of_customers l using (customer_id)
       where coalesce(l.in_force, 0) > 1 or l.limit_minor is distinct from a.limit_minor
       union all
       select customer_id || ': limits overlap at ' || valid_from
       from (
         select customer_id, valid_from, state,
           max(valid_to) over (partition by customer_id order by d.sequence rows between unbounded preceding and 1 preceding) as before
         from credit_limits l join decisions d using (customer_id, decision_id)
         where l.state <> 'scheduled' and (l.valid_to is null or l.valid_to > l.valid_from)
       ) spans
       where before > valid_from`,
    );
    return report(
      'I5',
      rows.map(({ found }) => found),
    );
  },
};
