// Stored decisions as rows: newest first, in pages, or one by its id.
import type { Queryable } from '../db/index.ts';
import type { EmotionalRecord, FinancialRecord } from './decision-record.ts';
import type { DecisionOutcome } from './decision-view.ts';
import type { StoredDecision } from './to-decision-view.ts';

export interface DecisionFilter {
  readonly customerId: string | null;
  readonly outcome: DecisionOutcome | null;
  readonly reason: string | null;
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly before: { readonly decidedAtMs: number; readonly decisionId: string } | null;
  readonly limit: number;
}

interface DecisionRow {
  readonly record: string;
  readonly emotion_record: string | null;
  readonly reasons: string[];
  readonly outcome: DecisionOutcome;
  readonly limit_minor: number;
  readonly scheduled_limit_minor: number | null;
}

const COLUMNS = 'd.record, e.record as emotion_record, d.reasons, d.outcome, d.limit_minor, d.scheduled_limit_minor';

const toTime = (ms: number | null) => (ms === null ? null : new Date(ms));

export async function loadStoredDecisions(db: Queryable, filter: DecisionFilter): Promise<StoredDecision[]> {
  const { rows } = await db.query<DecisionRow>(
    // A reason that follows from emotional data stands in the emotional half only.
    `select ${COLUMNS}
     from decisions d left join decision_emotions e using (customer_id, decision_id)
     where ($1::text is null or d.customer_id = $1)
       and ($2::text is null or d.outcome = $2)
       and ($3::text is null or $3 = any(d.reasons)
         or jsonb_path_exists(e.record::jsonb, '$.result.settled.reasons[*] ? (@.code == $code)',
           jsonb_build_object('code', $3::text)))
       and ($4::timestamptz is null or d.decided_at >= $4)
       and ($5::timestamptz is null or d.decided_at < $5)
       and ($6::timestamptz is null or (d.decided_at, d.decision_id) < ($6, $7::uuid))
     order by d.decided_at desc, d.decision_id desc
     limit $8`,
    [
      filter.customerId,
      filter.outcome,
      filter.reason,
      toTime(filter.fromMs),
      toTime(filter.toMs),
      toTime(filter.before?.decidedAtMs ?? null),
      filter.before?.decisionId ?? null,
      filter.limit,
    ],
  );
  return rows.map(toStored);
}

export async function loadStoredDecision(
  db: Queryable,
  customerId: string | null,
  decisionId: string,
): Promise<StoredDecision | null> {
  const { rows } = await db.query<DecisionRow>({
    name: 'decision-load-one',
    text: `
      select ${COLUMNS}
      from decisions d left join decision_emotions e using (customer_id, decision_id)
      where d.decision_id = $2 and ($1::text is null or d.customer_id = $1)`,
    values: [customerId, decisionId],
  });
  return rows[0] === undefined ? null : toStored(rows[0]);
}

// Our own canonical JSON, hashed and written once: it needs no second parse at the door.
function toStored(row: DecisionRow): StoredDecision {
  return {
    record: JSON.parse(row.record) as FinancialRecord,
    emotionalRecord: row.emotion_record === null ? null : (JSON.parse(row.emotion_record) as EmotionalRecord),
    lastingCodes: row.reasons,
    outcome: row.outcome,
    limitMinor: row.limit_minor,
    scheduledLimitMinor: row.scheduled_limit_minor,
  };
}
