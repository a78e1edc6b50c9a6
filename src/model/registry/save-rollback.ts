// The emergency brake: one person alone takes the last promotion back. It only ever leads to the model that was in force
// just before, which two people (or the installation) had chosen, and never any further.
import type { Queryable } from '../../db/index.ts';
import { EcsError } from '../../lib/errors.ts';
import type { Actor } from './actor.ts';
import { lockChampion } from './load-aliases.ts';
import { loadLastPromotion } from './load-history.ts';
import { loadModelVersion } from './load-model-version.ts';
import { ROLLBACK_WITHIN_MS } from './proposal.ts';
import { saveChampion } from './save-alias.ts';
import { saveHistory } from './save-history.ts';

export interface Rollback {
  readonly from: string;
  /** In force again. */
  readonly to: string;
}

/** ECS_CONFLICT where the champion did not come by a promotion, or came too long ago. */
export async function rollBack(tx: Queryable, reason: string, actor: Actor, nowMs: number): Promise<Rollback> {
  const from = await lockChampion(tx);
  const last = await loadLastPromotion(tx);
  // Of two that pull the brake at once the second finds a champion that was never promoted, and is refused here.
  if (last === null || last.action !== 'approved' || last.previousVersion === null) {
    throw new EcsError('ECS_CONFLICT', 'The champion did not come by a promotion, so there is nothing to take back.');
  }
  if (nowMs - last.actedAtMs > ROLLBACK_WITHIN_MS) {
    throw new EcsError('ECS_CONFLICT', 'The promotion is too long ago for one person alone: propose the older model.');
  }
  const to = last.previousVersion;
  await loadModelVersion(tx, to);
  await saveHistory(tx, { action: 'rolled_back', modelVersion: to, previousVersion: from, reason }, actor, nowMs);
  await saveChampion(tx, to, actor, nowMs);
  return { from, to };
}
