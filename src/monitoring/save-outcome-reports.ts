// Keeps every report about an outcome, each key once, and reads back what is stored under keys that were taken.
import type { Queryable } from '../db/index.ts';
import type { OutcomeContent, OutcomeReport } from './outcome-report.ts';

/** Keys must differ from each other. Gives back the reports that were new; the others were not saved. */
export async function insertOutcomeReports(
  tx: Queryable,
  reports: readonly OutcomeReport[],
  nowMs: number,
): Promise<OutcomeReport[]> {
  if (reports.length === 0) return [];
  const { rows } = await tx.query<{ customer_id: string; source: string; report_id: string }>(
    `insert into outcome_reports (customer_id, source, report_id, as_of, window_months, defaulted, observed_at,
       occurred_at, received_at)
     select given.*, $9
     from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::int4[], $6::boolean[], $7::timestamptz[],
       $8::timestamptz[]) as given (customer_id, source, report_id, as_of, window_months, defaulted, observed_at, occurred_at)
     order by customer_id, source, report_id
     on conflict (customer_id, source, report_id) do nothing
     returning customer_id, source, report_id`,
    [
      reports.map((report) => report.customerId),
      reports.map((report) => report.source),
      reports.map((report) => report.reportId),
      reports.map((report) => new Date(report.asOfMs)),
      reports.map((report) => report.windowMonths),
      reports.map((report) => report.defaulted),
      reports.map((report) => new Date(report.observedAtMs)),
      reports.map((report) => new Date(report.occurredAtMs)),
      new Date(nowMs),
    ],
  );
  const inserted = new Set(rows.map((row) => keyOf(row.customer_id, row.source, row.report_id)));
  return reports.filter((report) => inserted.has(keyOf(report.customerId, report.source, report.reportId)));
}

function keyOf(customerId: string, source: string, reportId: string): string {
  return JSON.stringify([customerId, source, reportId]);
}

interface StoredRow {
  readonly place: number;
  readonly as_of: Date;
  readonly window_months: number;
  readonly defaulted: boolean;
  readonly observed_at: Date;
  readonly occurred_at: Date;
}

/** What is stored under the keys of these reports. */
export async function loadStoredReports(
  tx: Queryable,
  reports: readonly OutcomeReport[],
): Promise<Map<OutcomeReport, OutcomeContent>> {
  if (reports.length === 0) return new Map();
  const { rows } = await tx.query<StoredRow>(
    `select g.place::int4, r.as_of, r.window_months, r.defaulted, r.observed_at, r.occurred_at
     from unnest($1::text[], $2::text[], $3::text[]) with ordinality as g (customer_id, source, report_id, place)
     join outcome_reports r using (customer_id, source, report_id)`,
    [
      reports.map((report) => report.customerId),
      reports.map((report) => report.source),
      reports.map((report) => report.reportId),
    ],
  );
  return new Map(
    rows.flatMap((row) => {
      const report = reports[row.place - 1];
      return report === undefined ? [] : [[report, toContent(row)] as const];
    }),
  );
}

function toContent(row: StoredRow): OutcomeContent {
  return {
    asOfMs: row.as_of.getTime(),
    windowMonths: row.window_months,
    defaulted: row.defaulted,
    observedAtMs: row.observed_at.getTime(),
    occurredAtMs: row.occurred_at.getTime(),
  };
}
