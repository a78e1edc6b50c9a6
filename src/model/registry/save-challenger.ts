// Names the model that scores in the champion's shadow, or nobody. It decides nothing, so one person is enough.
import type { Queryable } from '../../db/index.ts';
import { DAY_MS } from '../../lib/clock.ts';
import { EcsError } from '../../lib/errors.ts';
import type { Actor } from './actor.ts';
import { loadAlias, lockChampion } from './load-aliases.ts';
import { loadModelVersion } from './load-model-version.ts';
import { deleteChallenger, saveAlias } from './save-alias.ts';
import { saveHistory } from './save-history.ts';

export interface ChallengerWish {
  readonly modelVersion: string;
  readonly reason: string;
  /** Decisions of so many past days are scored too; 0: from now on. */
  readonly pastDays: number;
}

/** ECS_VERSION_UNKNOWN; ECS_CONFLICT for the champion. The same challenger again begins its run anew. */
export async function setChallenger(
  tx: Queryable,
  { modelVersion, reason, pastDays }: ChallengerWish,
  actor: Actor,
  nowMs: number,
): Promise<void> {
  const championVersion = await lockChampion(tx);
  if (modelVersion === championVersion) {
    throw new EcsError('ECS_CONFLICT', 'This model is the champion; it cannot be its own challenger.');
  }
  await loadModelVersion(tx, modelVersion);
  const previousVersion = await loadAlias(tx, 'challenger');
  await saveAlias(tx, 'challenger', modelVersion);
  await saveShadowRun(tx, modelVersion, nowMs - pastDays * DAY_MS);
  await saveHistory(tx, { action: 'challenger_set', modelVersion, previousVersion, reason }, actor, nowMs);
}

/** ECS_NOT_FOUND where there is none. What it scored stays. */
export async function clearChallenger(tx: Queryable, reason: string, actor: Actor, nowMs: number): Promise<string> {
  await lockChampion(tx);
  const modelVersion = await loadAlias(tx, 'challenger');
  if (modelVersion === null) throw new EcsError('ECS_NOT_FOUND', 'There is no challenger.');
  await deleteChallenger(tx);
  await saveHistory(tx, { action: 'challenger_cleared', modelVersion, reason }, actor, nowMs);
  return modelVersion;
}

async function saveShadowRun(tx: Queryable, modelVersion: string, beginAtMs: number): Promise<void> {
  await tx.query(
    `insert into shadow_runs (model_version, begun_at, scored_to) values ($1, $2, $2)
     on conflict (model_version) do update set begun_at = least(shadow_runs.begun_at, excluded.begun_at),
       scored_to = excluded.scored_to`,
    [modelVersion, new Date(beginAtMs)],
  );
}
