// Takes models into the registry: checked like any file, named by their content, never changed again. The model file of
// an installation comes in the same way, and is put in force only where no model is.
import type { Queryable } from '../../db/index.ts';
import { canonicalJson } from '../../lib/canonical-json.ts';
import { parseScorecard } from '../load-scorecard.ts';
import { modelVersionOf, type Scorecard } from '../scorecard.ts';
import { type Actor, ECS_ACTOR } from './actor.ts';
import { loadAlias } from './load-aliases.ts';
import { requireLedgerModel } from './load-champion.ts';
import { saveFirstChampion } from './save-alias.ts';
import { saveHistory } from './save-history.ts';

export interface Registration {
  readonly modelVersion: string;
  /** False where the same model was there already: nothing was changed. */
  readonly isNew: boolean;
}

/** ECS_MODEL_INVALID with the field, for what is not a scorecard or cannot decide about customers. */
export async function registerModel(
  tx: Queryable,
  artefact: unknown,
  { actor, reason, nowMs }: { readonly actor: Actor; readonly reason: string; readonly nowMs: number },
): Promise<Registration> {
  const scorecard = parseScorecard(artefact, 'the model');
  requireLedgerModel({ artefact: scorecard });
  return saveModel(tx, scorecard, { actor, reason, nowMs });
}

/** For the model file at a start. Gives back the champion, which is that of the registry wherever there is one. */
export async function installModel(tx: Queryable, artefact: Scorecard, nowMs: number): Promise<string> {
  const reason = 'the model file of a start';
  const { modelVersion } = await saveModel(tx, artefact, { actor: ECS_ACTOR, reason, nowMs });
  if (await saveFirstChampion(tx, modelVersion)) {
    await saveHistory(tx, { action: 'installed', modelVersion, reason: 'no model was in force' }, ECS_ACTOR, nowMs);
  }
  return (await loadAlias(tx, 'champion')) ?? modelVersion;
}

async function saveModel(
  tx: Queryable,
  artefact: Scorecard,
  { actor, reason, nowMs }: { readonly actor: Actor; readonly reason: string; readonly nowMs: number },
): Promise<Registration> {
  const modelVersion = modelVersionOf(artefact);
  const isNew = await insertModel(tx, { modelVersion, text: canonicalJson(artefact) }, actor, nowMs);
  if (isNew) await saveHistory(tx, { action: 'registered', modelVersion, reason }, actor, nowMs);
  return { modelVersion, isNew };
}

async function insertModel(
  tx: Queryable,
  { modelVersion, text }: { readonly modelVersion: string; readonly text: string },
  actor: Actor,
  nowMs: number,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into model_versions (model_version, artefact, created_at, registered_by) values ($1, $2, $3, $4)
     on conflict (model_version) do nothing`,
    [modelVersion, text, new Date(nowMs), actor.name],
  );
  return rowCount === 1;
}
