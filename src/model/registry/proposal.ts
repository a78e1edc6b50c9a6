// A proposal to put a model in force, and what may still be done with it. Pure.
import { DAY_MS } from '../../lib/clock.ts';
import { EcsError } from '../../lib/errors.ts';
import type { Actor } from './actor.ts';

export const PROPOSAL_LIFE_MS = 7 * DAY_MS;
/** How long after a promotion one person alone may take it back. */
export const ROLLBACK_WITHIN_MS = 30 * DAY_MS;

/** `overtaken`: another model came into force since, so the comparison it rests on no longer holds. */
export const PROPOSAL_STATES = ['open', 'approved', 'rejected', 'withdrawn', 'expired', 'overtaken'] as const;
export type ProposalState = (typeof PROPOSAL_STATES)[number];

export interface Proposal {
  readonly proposalId: string;
  readonly modelVersion: string;
  /** In force when it was proposed: what it is to replace. */
  readonly championVersion: string;
  readonly state: ProposalState;
  readonly reason: string;
  readonly proposedAt: string;
  readonly proposedBy: string;
  readonly expiresAt: string;
  readonly closedAt: string | null;
  readonly closedBy: string | null;
  readonly closingReason: string | null;
}

export interface StoredProposal extends Omit<Proposal, 'state'> {
  /** The key that the proposer's hand began with. */
  readonly holder: string;
  readonly closing: 'approved' | 'rejected' | 'withdrawn' | null;
}

export function toProposal(
  { holder: _holder, closing, ...stored }: StoredProposal,
  championVersion: string,
  nowMs: number,
): Proposal {
  return { ...stored, state: closing ?? openStateOf(stored, championVersion, nowMs) };
}

function openStateOf(
  stored: Pick<Proposal, 'championVersion' | 'expiresAt'>,
  championVersion: string,
  nowMs: number,
): ProposalState {
  if (stored.championVersion !== championVersion) return 'overtaken';
  return Date.parse(stored.expiresAt) <= nowMs ? 'expired' : 'open';
}

export interface Situation {
  readonly championVersion: string;
  readonly actor: Actor;
  readonly nowMs: number;
}

/** Throws the reason why it cannot be approved by this person now. */
export function requireApprovable(stored: StoredProposal, { championVersion, actor, nowMs }: Situation): void {
  requireOpen(toProposal(stored, championVersion, nowMs));
  if (stored.holder !== actor.holder) return;
  throw new EcsError(
    'ECS_FORBIDDEN',
    'A promotion takes two people: whoever proposed it cannot approve it, nor can a key made or rotated by the same hand. ' +
      '`ecs keys create` makes the key of a second person.',
  );
}

export function requireOpen({ proposalId, state }: Proposal): void {
  if (state === 'open') return;
  const why = {
    approved: 'was approved already',
    rejected: 'was rejected',
    withdrawn: 'was withdrawn',
    expired: 'has expired; propose again',
    overtaken: 'was made when another model was in force; compare with the present one and propose again',
  }[state];
  throw new EcsError('ECS_CONFLICT', `Proposal ${proposalId} ${why}.`);
}
