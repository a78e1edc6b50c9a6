// Reads what was done to models, when, by whom and why.
import type { Queryable } from '../../db/index.ts';
import type { ModelAction } from './save-history.ts';

export interface HistoryView {
  readonly action: ModelAction;
  readonly modelVersion: string;
  readonly previousVersion: string | null;
  readonly proposalId: string | null;
  readonly reason: string;
  readonly actedAt: string;
  readonly actedBy: string;
}

interface HistoryRow {
  readonly action: ModelAction;
  readonly model_version: string;
  readonly previous_version: string | null;
  readonly proposal_id: string | null;
  readonly reason: string;
  readonly acted_at: Date;
  readonly acted_by: string;
}

const LIST_LIMIT_MAX = 500;

/** The newest first. */
export async function listModelHistory(db: Queryable): Promise<HistoryView[]> {
  const { rows } = await db.query<HistoryRow>(
    `select action, model_version, previous_version, proposal_id, reason, acted_at, acted_by
     from model_history order by model_history_id desc limit $1`,
    [LIST_LIMIT_MAX],
  );
  return rows.map((row) => ({
    action: row.action,
    modelVersion: row.model_version,
    previousVersion: row.previous_version,
    proposalId: row.proposal_id,
    reason: row.reason,
    actedAt: row.acted_at.toISOString(),
    actedBy: row.acted_by,
  }));
}

export interface LastPromotion {
  readonly action: 'installed' | 'approved' | 'rolled_back';
  readonly previousVersion: string | null;
  readonly actedAtMs: number;
}

/** How the champion came into force. */
export async function loadLastPromotion(db: Queryable): Promise<LastPromotion | null> {
  const { rows } = await db.query<{
    action: LastPromotion['action'];
    previous_version: string | null;
    acted_at: Date;
  }>(
    `select action, previous_version, acted_at from model_history
     where action in ('installed', 'approved', 'rolled_back') order by model_history_id desc limit 1`,
  );
  const row = rows[0];
  if (row === undefined) return null;
  return { action: row.action, previousVersion: row.previous_version, actedAtMs: row.acted_at.getTime() };
}
