// Outcomes with the decision in force when their window began: all of them where there are few, a sample of them where
// there are many, months in their true proportions. The emotional part is read where it is still stored.
import type { Queryable } from '../db/index.ts';
import { loadSampleShare } from './load-sample-share.ts';
import type { JudgedOutcome } from './performance-report.ts';

export interface OutcomeWindow {
  /** Windows that began then or later. */
  readonly fromMs: number;
  /** And that had ended by then: while one is open only its defaults are known. */
  readonly endedByMs: number;
  /** About so many outcomes are looked at; never more than twice as many. */
  readonly outcomesWanted: number;
}

interface OutcomeRow {
  readonly customer_id: string;
  readonly model_version: string;
  readonly as_of: Date;
  readonly window_months: number;
  readonly defaulted: boolean;
  readonly probability_of_default: number;
  readonly emotion_log_odds: number | null;
}

export async function loadJudgedOutcomes(db: Queryable, window: OutcomeWindow): Promise<JudgedOutcome[]> {
  const { percent, thinTo } = await loadSampleShare(db, 'outcomes', window.outcomesWanted);
  const { rows } = await db.query<OutcomeRow>(
    `select o.customer_id, o.model_version, o.as_of, o.window_months, o.defaulted, d.probability_of_default,
       (e.record::jsonb #>> '{result,emotionLogOdds}')::float8 as emotion_log_odds
     from (
       select customer_id, as_of, window_months, defaulted, model_version, decision_id
       from outcomes tablesample system ($1::float4) repeatable (1)
       where decision_id is not null and as_of >= $4
         and (as_of at time zone 'UTC') + make_interval(months => window_months) <= $5::timestamptz at time zone 'UTC'
         and (hashtextextended(customer_id || as_of::text, 1) & 1048575) * 1000000 < $2::int8 * 1048576
       limit $3
     ) o
     join decisions d on d.customer_id = o.customer_id and d.decision_id = o.decision_id
     left join decision_emotions e on e.customer_id = o.customer_id and e.decision_id = o.decision_id
     where d.probability_of_default > 0 and d.probability_of_default < 1
       and (d.record::jsonb #>> '{result,judged}')::boolean`,
    [percent, thinTo, 2 * window.outcomesWanted, new Date(window.fromMs), new Date(window.endedByMs)],
  );
  return rows.map(toOutcome);
}

function toOutcome(row: OutcomeRow): JudgedOutcome {
  const p = row.probability_of_default;
  return {
    customerId: row.customer_id,
    modelVersion: row.model_version,
    asOfMs: row.as_of.getTime(),
    windowMonths: row.window_months,
    defaulted: row.defaulted,
    logOdds: Math.log(p / (1 - p)),
    emotionLogOdds: row.emotion_log_odds ?? 0,
  };
}
