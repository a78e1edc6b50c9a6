// I6, second half: whatever asked for a decision got one. Once nothing is under way the queue is empty, and no state lies
// further from what was decided than the policy allows.
import { type Invariant, report } from './invariant.ts';

export const everyChangeDecided: Invariant = {
  id: 'I6',
  promise: 'every change past the threshold was decided',
  when: 'quiet',
  async check({ query }) {
    const rows = await query<{ found: string }>(
      `with triggers as (
         select max((document::json->'triggers'->>'valenceChange')::float8) as valence,
           max((document::json->'triggers'->>'stressChange')::float8) as stress
         from policy_versions where pack = 'generic'
       )
       select customer_id || ' waits to be decided since ' || queued_at || coalesce(': ' || last_error, '') as found
       from decision_queue
       union all
       select s.customer_id || ' (' || s.purpose || ') moved and was not decided'
       from emotional_states s, triggers t
       where s.readings >= 3 and (
         (s.w_3 > 0 and (s.decided_valence_3 is null
           or abs(s.valence_3 / s.w_3 - s.decided_valence_3) >= t.valence + 1e-9))
         or (s.stress_w_3 > 0 and s.decided_stress_3 is not null
           and abs(s.stress_3 / s.stress_w_3 - s.decided_stress_3) >= t.stress + 1e-9))`,
    );
    return report(
      'I6',
      rows.map(({ found }) => found),
    );
  },
};
