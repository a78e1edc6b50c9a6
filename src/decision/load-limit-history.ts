// What the limits of the last year say about customers: the lowest ones that steps are counted from, the risk when the
// limit in force was set, and the limit that is waiting.
import { binaryArray, type Queryable } from '../db/index.ts';

export interface LimitHistory {
  readonly lowestInStepMinor: number | null;
  readonly lowestInYearMinor: number | null;
  readonly probabilityOfDefaultWhenSet: number | null;
  readonly scheduledLimitMinor: number | null;
}

/** From when on a limit counts; what ended before does not. */
export interface HistoryWindow {
  readonly customerId: string;
  readonly stepFromMs: number;
  readonly yearFromMs: number;
}

interface HistoryRow {
  readonly customer_id: string;
  readonly lowest_in_step: number | null;
  readonly lowest_in_year: number | null;
  readonly probability_of_default: number | null;
  readonly scheduled: number | null;
}

/** Customers without any limit are not in the map. */
export async function loadLimitHistory(
  db: Queryable,
  windows: readonly HistoryWindow[],
): Promise<Map<string, LimitHistory>> {
  const { rows } = await db.query<HistoryRow>({
    name: 'decision-load-limit-history',

    // An empty interval never was in force.
    text: `select asked.customer_id,
       min(l.limit_minor) filter (
         where l.state <> 'scheduled' and (l.valid_to is null or l.valid_to > greatest(l.valid_from, asked.step_from))
       ) as lowest_in_step,
       min(l.limit_minor) filter (
         where l.state <> 'scheduled' and (l.valid_to is null or l.valid_to > greatest(l.valid_from, asked.year_from))
       ) as lowest_in_year,
       max(d.probability_of_default) as probability_of_default,
       max(l.limit_minor) filter (where l.state = 'scheduled') as scheduled
     from unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) as asked (customer_id, step_from, year_from)
     join credit_limits l on l.customer_id = asked.customer_id
     left join decisions d
       on l.state = 'in_force' and d.customer_id = l.customer_id and d.decision_id = l.decision_id
     group by asked.customer_id`,
    values: [
      binaryArray.text(windows.map((window) => window.customerId)),
      binaryArray.timestamptz(windows.map((window) => window.stepFromMs)),
      binaryArray.timestamptz(windows.map((window) => window.yearFromMs)),
    ],
  });
  return new Map(
    rows.map((row) => [
      row.customer_id,
      {
        lowestInStepMinor: row.lowest_in_step,
        lowestInYearMinor: row.lowest_in_year,
        probabilityOfDefaultWhenSet: row.probability_of_default,
        scheduledLimitMinor: row.scheduled,
      },
    ]),
  );
}
