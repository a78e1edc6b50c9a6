// I16: nothing emotional without a live consent: no state, no emotional half of a decision; and a consent has its state.
import { type Invariant, report } from './invariant.ts';

export const consentFirst: Invariant = {
  id: 'I16',
  promise: 'no emotional data and no decision on it without a live consent',
  when: 'always',
  async check({ query }) {
    const rows = await query<{ found: string }>(
      `select s.customer_id || ' (' || s.purpose || ') has a state without a consent' as found
       from emotional_states s left join consents c using (customer_id, purpose) where c.granted is not true
       union all
       select c.customer_id || ' (' || c.purpose || ') consents and has no state'
       from consents c left join emotional_states s using (customer_id, purpose) where c.granted and s.customer_id is null
       union all
       select 'decision ' || e.decision_id || ' keeps feelings of ' || e.customer_id || ', who consents to nothing'
       from decision_emotions e
       where not exists (select from consents c where c.customer_id = e.customer_id and c.granted)
       union all
       select 'decision ' || e.decision_id || ' keeps ' || kept.purpose || ' of ' || e.customer_id || ', who withdrew those'
       from decision_emotions e
       cross join unnest(array['emotions', 'thoughts']) as kept (purpose)
       where jsonb_typeof(e.record::jsonb #> array['inputs', kept.purpose]) = 'object' and not exists (
         select from consents c where c.customer_id = e.customer_id and c.purpose = kept.purpose and c.granted)`,
    );
    return report(
      'I16',
      rows.map(({ found }) => found),
    );
  },
};
