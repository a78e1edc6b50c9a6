// I3: a customer's emotional state is the fold of what was accepted, sum by sum, and the day buckets add up to it.

import { landmarkOf } from '../oracle/oracle.ts';
import { type Evidence, type Invariant, report } from './invariant.ts';

/** Folds agree in any order to 1e-9 of the weight they are a part of. */
const TOLERANCE = 1e-9;
const NAMES = ['w', 'valence', 'arousal', 'stress_w', 'stress', 'negative', 'distressed'] as const;
const COLUMNS = [3, 30].flatMap((halfLife) => NAMES.map((name) => `${name}_${halfLife}`));

export const stateIsFold: Invariant = {
  id: 'I3',
  promise: 'state is the fold of the accepted events',
  when: 'quiet',
  check: async (evidence) => report('I3', [...(await compareSums(evidence)), ...(await compareDays(evidence))]),
};

type StateRow = Readonly<Record<string, number | string>>;

async function compareSums({ query, oracle }: Evidence): Promise<string[]> {
  const rows = await query<StateRow>(
    `select purpose || ' ' || customer_id as key, landmark_day, readings, ${COLUMNS.join(', ')}
     from emotional_states where readings > 0 and customer_id ~ '^[cw]-'`,
  );
  const expected = oracle.expectedStates();
  const landmark = landmarkOf(Date.now());
  return rows.flatMap((row) => {
    const state = expected.get(String(row.key));
    // A number that is off, or that nobody can know, is I1's affair.
    if (state === undefined || state.maybe > 0 || state.readings !== Number(row.readings)) return [];
    if (row.landmark_day !== landmark) return [`${row.key}: landmark ${row.landmark_day} instead of ${landmark}`];
    return COLUMNS.flatMap((column) => {
      const wanted = state.sums.get(column) ?? 0;
      const weight = state.sums.get(column.endsWith('_30') ? 'w_30' : 'w_3') ?? 0;
      const isSame = Math.abs(Number(row[column]) - wanted) <= TOLERANCE * Math.max(weight, Number.MIN_VALUE);
      return isSame ? [] : [`${row.key}: ${column} is ${row[column]} instead of ${wanted}`];
    });
  });
}

async function compareDays({ query }: Evidence): Promise<string[]> {
  const rows = await query<{ key: string; readings: string; in_days: string }>(
    `select s.purpose || ' ' || s.customer_id as key, s.readings, coalesce(sum(d.readings), 0) as in_days
     from emotional_states s left join emotion_days d using (customer_id, purpose)
     group by s.customer_id, s.purpose, s.readings
     having s.readings <> coalesce(sum(d.readings), 0)`,
  );
  return rows.map(({ key, readings, in_days }) => `${key}: ${in_days} readings in days, ${readings} in all`);
}
