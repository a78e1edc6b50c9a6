// Outcome windows that are over, page by page: each with the decision that was in force when it began, what that decision knew,
// and what was felt then where that is still stored. A withdrawal or an erasure has deleted it, so nobody needs to be asked.
import type { Queryable } from '../db/index.ts';
import type { EmotionInputs } from '../model/index.ts';

export interface WindowRow {
  readonly customerId: string;
  readonly asOfMs: number;
  /** The window is over from then on. */
  readonly endMs: number;
  readonly defaulted: boolean;
  readonly modelVersion: string;
  /** Log-odds of default without emotion, as the decision had them. */
  readonly baseLogOdds: number;
  /** As FEATURE_NAMES of the ledger has them; null where there was nothing to say. */
  readonly features: readonly (number | null)[];
  readonly emotions: EmotionInputs | null;
}

export interface WindowPage {
  readonly windowMonths: number;
  /** Windows that had ended by then: while one is open only its defaults are known. */
  readonly endedByMs: number;
  /** The last row of the page before; null for the first page. */
  readonly after: Pick<WindowRow, 'asOfMs' | 'customerId'> | null;
  readonly count: number;
}

interface Row {
  readonly customer_id: string;
  readonly as_of: Date;
  readonly end_at: Date;
  readonly defaulted: boolean;
  readonly model_version: string;
  readonly probability_of_default: number;
  readonly features: (number | null)[];
  readonly emotions: EmotionInputs | null;
}

/** Customer by customer, each one's oldest windows first. */
export async function loadWindowRows(
  db: Queryable,
  { windowMonths, endedByMs, after, count }: WindowPage,
): Promise<WindowRow[]> {
  const { rows } = await db.query<Row>(
    `select o.customer_id, o.as_of, w.end_at, o.defaulted, o.model_version, d.probability_of_default,
       d.record::jsonb #> '{inputs,features}' as features,
       nullif(e.record::jsonb #> '{inputs,emotions}', 'null') as emotions
     from outcomes o
     cross join lateral (
       select (o.as_of at time zone 'UTC' + make_interval(months => o.window_months)) at time zone 'UTC' as end_at
     ) w
     join decisions d on d.customer_id = o.customer_id and d.decision_id = o.decision_id
     left join decision_emotions e on e.customer_id = o.customer_id and e.decision_id = o.decision_id
     where o.decision_id is not null and o.window_months = $1 and w.end_at <= $2::timestamptz
       and d.probability_of_default > 0 and d.probability_of_default < 1
       and (d.record::jsonb #>> '{result,judged}')::boolean
       and ($4::text is null or (o.customer_id, o.as_of) > ($4, $3::timestamptz))
     order by o.customer_id, o.as_of
     limit $5`,
    [
      windowMonths,
      new Date(endedByMs),
      after === null ? null : new Date(after.asOfMs),
      after?.customerId ?? null,
      count,
    ],
  );
  return rows.map(toWindowRow);
}

function toWindowRow(row: Row): WindowRow {
  const p = row.probability_of_default;
  return {
    customerId: row.customer_id,
    asOfMs: row.as_of.getTime(),
    endMs: row.end_at.getTime(),
    defaulted: row.defaulted,
    modelVersion: row.model_version,
    baseLogOdds: Math.log(p / (1 - p)),
    features: row.features,
    emotions: row.emotions,
  };
}
