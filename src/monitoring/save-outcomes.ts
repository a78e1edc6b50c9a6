// Keeps, per customer and window, the report that counts: the one observed last, at a tie the one said last, then by
// source and id, so that reports give the same outcome in whatever order they arrive. Joins the decision that was in
// force when the window began.
import type { Queryable } from '../db/index.ts';
import type { OutcomeReport } from './outcome-report.ts';

export async function saveOutcomes(tx: Queryable, reports: readonly OutcomeReport[]): Promise<void> {
  if (reports.length === 0) return;
  await tx.query(
    `with given as (
       select *
       from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::int4[], $6::boolean[], $7::timestamptz[],
         $8::timestamptz[]) as given (customer_id, source, report_id, as_of, window_months, defaulted, observed_at, occurred_at)
     ), newest as (
       select distinct on (customer_id, as_of, window_months) *
       from given
       order by customer_id, as_of, window_months, observed_at desc, occurred_at desc,
         source collate "C" desc, report_id collate "C" desc
     )
     insert into outcomes as o (customer_id, as_of, window_months, defaulted, observed_at, occurred_at, source, report_id,
       decision_id, model_version)
     select n.customer_id, n.as_of, n.window_months, n.defaulted, n.observed_at, n.occurred_at, n.source, n.report_id,
       d.decision_id, d.model_version
     from newest n
     left join lateral (
       select decision_id, model_version
       from decisions
       where customer_id = n.customer_id and decided_at <= n.as_of and model_version is not null
       order by sequence desc
       limit 1
     ) d on true
     order by n.customer_id, n.as_of, n.window_months
     on conflict (customer_id, as_of, window_months) do update set
       defaulted = excluded.defaulted, observed_at = excluded.observed_at, occurred_at = excluded.occurred_at,
       source = excluded.source, report_id = excluded.report_id,
       decision_id = excluded.decision_id, model_version = excluded.model_version
     where (excluded.observed_at, excluded.occurred_at, excluded.source collate "C", excluded.report_id collate "C")
       > (o.observed_at, o.occurred_at, o.source collate "C", o.report_id collate "C")`,
    [
      reports.map((report) => report.customerId),
      reports.map((report) => report.source),
      reports.map((report) => report.reportId),
      reports.map((report) => new Date(report.asOfMs)),
      reports.map((report) => report.windowMonths),
      reports.map((report) => report.defaulted),
      reports.map((report) => new Date(report.observedAtMs)),
      reports.map((report) => new Date(report.occurredAtMs)),
    ],
  );
}
