// Reads proposals: an entry of the history each, joined with the one that closed it.
import type { Queryable } from '../../db/index.ts';
import { assert } from '../../lib/assert.ts';
import { loadAlias } from './load-aliases.ts';
import { type Proposal, type StoredProposal, toProposal } from './proposal.ts';

interface ProposalRow {
  readonly proposal_id: string;
  readonly model_version: string;
  readonly previous_version: string;
  readonly reason: string;
  readonly acted_at: Date;
  readonly acted_by: string;
  readonly holder: string;
  readonly expires_at: Date;
  readonly closing: StoredProposal['closing'];
  readonly closed_at: Date | null;
  readonly closed_by: string | null;
  readonly closing_reason: string | null;
}

const LIST_LIMIT_MAX = 200;
const COLUMNS = `p.proposal_id, p.model_version, p.previous_version, p.reason, p.acted_at, p.acted_by, p.holder, p.expires_at,
  c.action as closing, c.acted_at as closed_at, c.acted_by as closed_by, c.reason as closing_reason`;

/** The newest first. */
export async function listProposals(db: Queryable, nowMs: number): Promise<Proposal[]> {
  const championVersion = (await loadAlias(db, 'champion')) ?? '';
  const stored = await loadProposals(db);
  return stored.map((proposal) => toProposal(proposal, championVersion, nowMs));
}

export async function getProposal(db: Queryable, proposalId: string, nowMs: number): Promise<Proposal | null> {
  const championVersion = (await loadAlias(db, 'champion')) ?? '';
  const stored = await loadProposal(db, proposalId);
  return stored === null ? null : toProposal(stored, championVersion, nowMs);
}

async function loadProposals(db: Queryable): Promise<StoredProposal[]> {
  const { rows } = await db.query<ProposalRow>(
    `select ${COLUMNS} from model_history p
     left join model_history c on c.proposal_id = p.proposal_id and c.action <> 'proposed'
     where p.action = 'proposed' order by p.model_history_id desc limit $1`,
    [LIST_LIMIT_MAX],
  );
  return rows.map(toStored);
}

export async function loadProposal(db: Queryable, proposalId: string): Promise<StoredProposal | null> {
  const { rows } = await db.query<ProposalRow>(
    `select ${COLUMNS} from model_history p
     left join model_history c on c.proposal_id = p.proposal_id and c.action <> 'proposed'
     where p.action = 'proposed' and p.proposal_id::text = $1`,
    [proposalId],
  );
  return rows[0] === undefined ? null : toStored(rows[0]);
}

/** Neither closed nor too late, against this champion; at most one for a model. */
export async function loadOpenProposalId(
  db: Queryable,
  { modelVersion, championVersion }: { readonly modelVersion: string; readonly championVersion: string },
  nowMs: number,
): Promise<string | null> {
  const { rows } = await db.query<{ proposal_id: string }>(
    `select p.proposal_id from model_history p
     where p.action = 'proposed' and p.model_version = $1 and p.previous_version = $2 and p.expires_at > $3
       and not exists (select from model_history c where c.proposal_id = p.proposal_id and c.action <> 'proposed')`,
    [modelVersion, championVersion, new Date(nowMs)],
  );
  assert(rows.length <= 1, 'a model is proposed twice at once');
  return rows[0]?.proposal_id ?? null;
}

function toStored(row: ProposalRow): StoredProposal {
  return {
    proposalId: row.proposal_id,
    modelVersion: row.model_version,
    championVersion: row.previous_version,
    reason: row.reason,
    proposedAt: row.acted_at.toISOString(),
    proposedBy: row.acted_by,
    holder: row.holder,
    expiresAt: row.expires_at.toISOString(),
    closing: row.closing,
    closedAt: row.closed_at?.toISOString() ?? null,
    closedBy: row.closed_by,
    closingReason: row.closing_reason,
  };
}
