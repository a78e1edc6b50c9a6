// I6: every limit has its decision and its amount, every decision that changed a limit has it, the first one too, and no other
// decision has one; each is told to the world exactly once.
import { type Invariant, report } from './invariant.ts';

export const linked: Invariant = {
  id: 'I6',
  promise: 'decision, limit and outgoing event belong together, both ways',
  when: 'always',
  async check({ query }) {
    const rows = await query<{ found: string }>(
      `with told as (
         select customer_id, (data->>'decisionId')::uuid as decision_id,
           count(*) filter (where type = 'decision.created') as created,
           count(*) filter (where type = 'credit_limit.adjusted') as adjusted
         from outbox_events where type <> 'consent.changed' group by 1, 2
       )
       select 'decision ' || d.decision_id || ' was told ' || coalesce(t.created, 0) || ' times' as found
       from decisions d left join told t using (customer_id, decision_id) where coalesce(t.created, 0) <> 1
       union all
       select 'an event tells of decision ' || t.decision_id || ', which is not stored'
       from told t left join decisions d using (customer_id, decision_id) where d.decision_id is null
       union all
       select 'decision ' || d.decision_id || ' changed the limit to ' || d.limit_minor || ' and left '
         || count(l.*) || ' limits and ' || coalesce(max(t.adjusted), 0) || ' events'
       from decisions d
       left join credit_limits l on l.customer_id = d.customer_id and l.decision_id = d.decision_id and l.state <> 'scheduled'
       left join told t on t.customer_id = d.customer_id and t.decision_id = d.decision_id
       where d.limit_minor <> coalesce(d.previous_limit_minor, 0)
       group by d.decision_id, d.limit_minor
       having count(l.*) <> 1 or coalesce(max(t.adjusted), 0) <> 1
       union all
       select 'limit of decision ' || l.decision_id || ' is not the decided one'
       from credit_limits l join decisions d using (customer_id, decision_id)
       where l.limit_minor <> d.limit_minor and not (
         (l.state = 'scheduled' or l.valid_to = l.valid_from) and l.limit_minor is not distinct from d.scheduled_limit_minor)
       union all
       select 'decision ' || d.decision_id || ' changed nothing and left a limit'
       from credit_limits l join decisions d using (customer_id, decision_id)
       where d.limit_minor = d.previous_limit_minor and d.scheduled_limit_minor is null
       union all
       select a.customer_id || ': sequence ' || a.decision_sequence || ' and ' || count(d.*) || ' decisions'
       from credit_accounts a left join decisions d using (customer_id)
       group by a.customer_id, a.decision_sequence having count(d.*) <> a.decision_sequence
       union all
       select e.customer_id || '/' || e.sequence || ' has no way to Kafka'
       from outbox_events e
       left join deliveries d on d.destination = 'kafka' and d.customer_id = e.customer_id and d.sequence = e.sequence
       where d.sequence is null`,
    );
    return report(
      'I6',
      rows.map(({ found }) => found),
    );
  },
};
