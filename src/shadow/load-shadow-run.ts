// How far a challenger has followed the stored decisions, and what it has not scored yet.
import type { Queryable } from '../db/index.ts';

/** The row locked, and where it stood; null while another process holds it, or where there is no run. */
export async function lockShadowRun(tx: Queryable, modelVersion: string): Promise<number | null> {
  const { rows } = await tx.query<{ scored_to: Date }>(
    'select scored_to from shadow_runs where model_version = $1 for update skip locked',
    [modelVersion],
  );
  return rows[0]?.scored_to.getTime() ?? null;
}

export interface UnscoredDecision {
  readonly record: string;
  readonly decidedAtMs: number;
}

/** Decisions of another model from `fromMs` on that this one has not scored, oldest first. */
export async function loadUnscored(
  tx: Queryable,
  { modelVersion, fromMs, limit }: { readonly modelVersion: string; readonly fromMs: number; readonly limit: number },
): Promise<UnscoredDecision[]> {
  const { rows } = await tx.query<{ record: string; decided_at: Date }>(
    `select d.record, d.decided_at from decisions d
     where d.decided_at >= $2 and d.model_version <> $1
       and not exists (select from shadow_scores s
         where s.customer_id = d.customer_id and s.decision_id = d.decision_id and s.model_version = $1)
     order by d.decided_at, d.decision_id limit $3`,
    [modelVersion, new Date(fromMs), limit],
  );
  return rows.map((row) => ({ record: row.record, decidedAtMs: row.decided_at.getTime() }));
}
