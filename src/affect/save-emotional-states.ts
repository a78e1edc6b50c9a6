// Adds the folds of a batch to the stored emotional states in ONE statement, two where a landmark moves. It only updates rows, because a row is a
// live consent, and they are those that lock-live-consents holds locked for this transaction.
import { binaryArray, type Queryable } from '../db/index.ts';
import type { ConsentPurpose } from '../events/customer-event.ts';
import { assert } from '../lib/assert.ts';
import { FORGOTTEN_HALF_LIVES, LONG_TERM_HALF_LIFE_DAYS, RECENT_HALF_LIFE_DAYS } from './decay.ts';
import { type CustomerFold, SUM_NAMES } from './fold-readings.ts';
import type { StateTriggers } from './triggers.ts';

/** One reading is a mood, three are a state: before the first decision a state must have this many to ask for one. */
export const FIRST_MOVE_READINGS = 3;

/** Gives back the customers whose 3-day levels moved past the thresholds since their last decision. */
export async function saveEmotionalStates(
  tx: Queryable,
  purpose: ConsentPurpose,
  folds: readonly CustomerFold[],
  triggers: StateTriggers,
): Promise<string[]> {
  if (folds.length === 0) return [];
  const added = await updateStates(tx, ADD_TO_STATES, purpose, folds, triggers);
  const others = new Set(added.filter((row) => row.moved === null).map((row) => row.customer_id));
  const moved = added.filter((row) => row.moved !== null).map((row) => row.customer_id);
  if (others.size === 0) return moved;
  const shifted = folds.filter((fold) => others.has(fold.customerId));
  const rows = await updateStates(tx, SHIFT_STATES, purpose, shifted, triggers);
  // Counted and yet in no state: that must never be committed.
  assert(!rows.some((row) => row.moved === null), 'the state of a customer is gone although it was locked');
  return [...moved, ...rows.map((row) => row.customer_id)];
}

const HALF_LIVES = [RECENT_HALF_LIFE_DAYS, LONG_TERM_HALF_LIFE_DAYS] as const;
const SUM_COLUMNS = HALF_LIVES.flatMap((halfLife) => SUM_NAMES.map((name) => `${name}_${halfLife}`));

/** 2^(days / half-life) as in decay.ts; exactly 1 where the landmark stays. */
const factor = (days: string, halfLife: number) =>
  `case when ${days} = 0 then 1 when ${days} < ${-FORGOTTEN_HALF_LIVES * halfLife} then 0
        else power(2::float8, ${days}::float8 / ${halfLife}) end`;

/** PostgreSQL refuses a product that underflows; what is as small as 1e-200 is nothing. */
const addSum = (name: string, halfLife: number) => {
  const column = `${name}_${halfLife}`;
  const power = name === 'w2' ? `squared_${halfLife}` : halfLife;
  return `${column} = case when abs(s.${column}) < 1e-200 then 0 else s.${column} * k.kept_${power} end
      + g.${column} * k.given_${power}`;
};

const perHalfLife = (text: (halfLife: number) => string) => HALF_LIVES.map(text).join(',\n        ');

// The same SQL for every batch: only names of columns and constants of the code are put together here.
const GIVEN = `
  with given as materialized (
    select *
    from unnest($1::text[], $2::int4[], $3::int4[], $4::timestamptz[], ${SUM_COLUMNS.map((_, index) => `$${index + 5}::float8[]`).join(', ')})
      with ordinality as given (customer_id, landmark_day, readings, last_event_at, ${SUM_COLUMNS.join(', ')}, position)
  )`;

const MOVED_AND_DAYS = `
    returning s.customer_id, g.position,
      case
        when s.w_3 = 0 then false
        when s.decided_valence_3 is null then s.readings >= ${FIRST_MOVE_READINGS}
        else abs(s.valence_3 / s.w_3 - s.decided_valence_3) >= $24::float8
      end or case
        when s.stress_w_3 = 0 then false
        when s.decided_stress_3 is null then s.readings >= ${FIRST_MOVE_READINGS}
        else abs(s.stress_3 / s.stress_w_3 - s.decided_stress_3) >= $25::float8
      end as moved
  ), days as (
    insert into emotion_days (customer_id, purpose, day, readings, weight, valence, arousal, stress_weight, stress)
    select u.customer_id, $23, date '1970-01-01' + d.day, d.readings, d.weight, d.valence, d.arousal, d.stress_weight, d.stress
    from unnest($26::int4[], $27::int4[], $28::int4[], $29::float8[], $30::float8[], $31::float8[], $32::float8[], $33::float8[])
      as d (position, day, readings, weight, valence, arousal, stress_weight, stress)
    join updated u on u.position = d.position
    order by u.customer_id, d.day
    on conflict (customer_id, purpose, day) do update set
      readings = emotion_days.readings + excluded.readings,
      weight = emotion_days.weight + excluded.weight,
      valence = emotion_days.valence + excluded.valence,
      arousal = emotion_days.arousal + excluded.arousal,
      stress_weight = emotion_days.stress_weight + excluded.stress_weight,
      stress = emotion_days.stress + excluded.stress
  )
  select g.customer_id, u.moved
  from given g left join updated u on u.position = g.position
  where u.moved is distinct from false`;

/**
 * Nearly always the landmark stays, or nothing was added to the state yet: then adding is adding, and the factors need not
 * be worked out. `= any` has the rows looked up by their key: with the join alone PostgreSQL read the whole table for
 * every batch, twice with that of the landmarks. A state of another landmark is left alone, and `moved` is null.
 */
const ADD_TO_STATES = `${GIVEN}, updated as (
    update emotional_states s set
      landmark_day = g.landmark_day,
      readings = s.readings + g.readings,
      last_event_at = greatest(s.last_event_at, g.last_event_at),
      ${SUM_COLUMNS.map((column) => `${column} = s.${column} + g.${column}`).join(',\n      ')}
    from given g
    where s.customer_id = g.customer_id and s.purpose = $23 and s.customer_id = any($1::text[])
      and (s.landmark_day = g.landmark_day or s.readings = 0)${MOVED_AND_DAYS}`;

const SHIFT_STATES = `${GIVEN}, shift as (
    select s.customer_id, greatest(s.landmark_day, g.landmark_day) as landmark_day,
      s.landmark_day - greatest(s.landmark_day, g.landmark_day) as kept_days,
      g.landmark_day - greatest(s.landmark_day, g.landmark_day) as given_days
    from emotional_states s join given g on g.customer_id = s.customer_id
    where s.purpose = $23 and s.customer_id = any($1::text[])
  ), plain as (
    select customer_id, landmark_day,
        ${perHalfLife((halfLife) => `${factor('kept_days', halfLife)} as kept_${halfLife}`)},
        ${perHalfLife((halfLife) => `${factor('given_days', halfLife)} as given_${halfLife}`)}
    from shift
  ), scale as materialized (
    select *,
        ${perHalfLife((h) => `kept_${h} * kept_${h} as kept_squared_${h}, given_${h} * given_${h} as given_squared_${h}`)}
    from plain
  ), updated as (
    update emotional_states s set
      landmark_day = k.landmark_day,
      readings = s.readings + g.readings,
      last_event_at = greatest(s.last_event_at, g.last_event_at),
      ${HALF_LIVES.flatMap((halfLife) => SUM_NAMES.map((name) => addSum(name, halfLife))).join(',\n      ')}
    from scale k join given g on g.customer_id = k.customer_id
    where s.customer_id = k.customer_id and s.purpose = $23 and s.customer_id = any($1::text[])${MOVED_AND_DAYS}`;

interface StateRow {
  readonly customer_id: string;
  /** Null where the statement updated no row. */
  readonly moved: boolean | null;
}

/** Planned anew for every batch, which costs a millisecond: a plan that is kept expects ten rows, not thousands. */
async function updateStates(
  tx: Queryable,
  text: string,
  purpose: ConsentPurpose,
  folds: readonly CustomerFold[],
  triggers: StateTriggers,
): Promise<StateRow[]> {
  const { rows } = await tx.query<StateRow>(text, [
    binaryArray.text(folds.map((fold) => fold.customerId)),
    binaryArray.int4(folds.map((fold) => fold.landmarkDay)),
    binaryArray.int4(folds.map((fold) => fold.readings)),
    binaryArray.timestamptz(folds.map((fold) => fold.lastEventMs)),
    ...SUM_COLUMNS.map((_, index) => binaryArray.float8(folds.map((fold) => fold.sums[index] ?? 0))),
    purpose,
    triggers.valenceChange,
    triggers.stressChange,
    ...toDayColumns(folds),
  ]);
  return rows;
}

function toDayColumns(folds: readonly CustomerFold[]): Buffer[] {
  const positions = folds.flatMap((fold, index) => fold.days.map(() => index + 1));
  const days = folds.flatMap((fold) => fold.days);
  return [
    binaryArray.int4(positions),
    binaryArray.int4(days.map((day) => day.day)),
    binaryArray.int4(days.map((day) => day.readings)),
    binaryArray.float8(days.map((day) => day.weight)),
    binaryArray.float8(days.map((day) => day.valence)),
    binaryArray.float8(days.map((day) => day.arousal)),
    binaryArray.float8(days.map((day) => day.stressWeight)),
    binaryArray.float8(days.map((day) => day.stress)),
  ];
}
