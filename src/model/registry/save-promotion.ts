// Puts a model in force: one person proposes, another approves. Every step holds the registry's lock and goes by the
// champion it finds there, so of two that come at once the second sees what the first one did.
import type { Queryable } from '../../db/index.ts';
import { assert } from '../../lib/assert.ts';
import { EcsError } from '../../lib/errors.ts';
import type { Actor } from './actor.ts';
import { lockChampion } from './load-aliases.ts';
import { loadModelVersion } from './load-model-version.ts';
import { getProposal, loadOpenProposalId, loadProposal } from './load-proposals.ts';
import { PROPOSAL_LIFE_MS, type Proposal, requireApprovable, requireOpen, toProposal } from './proposal.ts';
import { saveChampion } from './save-alias.ts';
import { saveHistory } from './save-history.ts';

export interface PromotionWish {
  /** Made by the caller. */
  readonly proposalId: string;
  readonly modelVersion: string;
  readonly reason: string;
}

export interface Verdict {
  readonly proposalId: string;
  readonly reason: string;
}

/** ECS_VERSION_UNKNOWN; ECS_CONFLICT where it is the champion, or proposed already. */
export async function proposeChampion(
  tx: Queryable,
  { proposalId, modelVersion, reason }: PromotionWish,
  actor: Actor,
  nowMs: number,
): Promise<Proposal> {
  const previousVersion = await lockChampion(tx);
  if (modelVersion === previousVersion) throw new EcsError('ECS_CONFLICT', 'This model is the champion already.');
  // Read whole: a model that this program cannot use is found out now and not when it is put in force.
  await loadModelVersion(tx, modelVersion);
  const open = await loadOpenProposalId(tx, { modelVersion, championVersion: previousVersion }, nowMs);
  if (open !== null) throw new EcsError('ECS_CONFLICT', `This model is proposed already: ${open}.`);
  const expiresAtMs = nowMs + PROPOSAL_LIFE_MS;
  const entry = { action: 'proposed', modelVersion, previousVersion, proposalId, expiresAtMs, reason } as const;
  await saveHistory(tx, entry, actor, nowMs);
  return readBack(tx, proposalId, nowMs);
}

/** The second person: ECS_FORBIDDEN for the first. From the commit on the model is in force. */
export async function approveProposal(tx: Queryable, verdict: Verdict, actor: Actor, nowMs: number): Promise<Proposal> {
  const championVersion = await lockChampion(tx);
  const stored = await loadKnownProposal(tx, verdict.proposalId);
  requireApprovable(stored, { championVersion, actor, nowMs });
  const { modelVersion, championVersion: previousVersion } = stored;
  await saveHistory(tx, { action: 'approved', modelVersion, previousVersion, ...verdict }, actor, nowMs);
  await saveChampion(tx, modelVersion, actor, nowMs);
  return readBack(tx, verdict.proposalId, nowMs);
}

/** By whoever proposed it: withdrawn. By anybody else: rejected. */
export async function rejectProposal(tx: Queryable, verdict: Verdict, actor: Actor, nowMs: number): Promise<Proposal> {
  const championVersion = await lockChampion(tx);
  const stored = await loadKnownProposal(tx, verdict.proposalId);
  requireOpen(toProposal(stored, championVersion, nowMs));
  const action = stored.holder === actor.holder ? 'withdrawn' : 'rejected';
  const { modelVersion, championVersion: previousVersion } = stored;
  await saveHistory(tx, { action, modelVersion, previousVersion, ...verdict }, actor, nowMs);
  return readBack(tx, verdict.proposalId, nowMs);
}

async function loadKnownProposal(tx: Queryable, proposalId: string) {
  const stored = await loadProposal(tx, proposalId);
  if (stored === null) throw new EcsError('ECS_NOT_FOUND', 'No such proposal.');
  return stored;
}

async function readBack(tx: Queryable, proposalId: string, nowMs: number): Promise<Proposal> {
  const proposal = await getProposal(tx, proposalId, nowMs);
  assert(proposal !== null, 'what was just saved is there');
  return proposal;
}
