// Adds to the history of models. Nothing ever changes or leaves it; the database refuses that too.
import type { Queryable } from '../../db/index.ts';
import type { Actor } from './actor.ts';

export const MODEL_ACTIONS = [
  'registered',
  'installed',
  'challenger_set',
  'challenger_cleared',
  'proposed',
  'approved',
  'rejected',
  'withdrawn',
  'rolled_back',
] as const;
export type ModelAction = (typeof MODEL_ACTIONS)[number];

export interface HistoryEntry {
  readonly action: ModelAction;
  readonly modelVersion: string;
  readonly previousVersion?: string | null;
  readonly proposalId?: string | null;
  readonly expiresAtMs?: number | null;
  readonly reason: string;
}

export async function saveHistory(tx: Queryable, entry: HistoryEntry, actor: Actor, nowMs: number): Promise<void> {
  const { expiresAtMs = null } = entry;
  await tx.query(
    `insert into model_history (action, model_version, previous_version, proposal_id, expires_at, reason, acted_at,
       acted_by, holder)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      entry.action,
      entry.modelVersion,
      entry.previousVersion ?? null,
      entry.proposalId ?? null,
      expiresAtMs === null ? null : new Date(expiresAtMs),
      entry.reason,
      new Date(nowMs),
      actor.name,
      actor.holder,
    ],
  );
}
