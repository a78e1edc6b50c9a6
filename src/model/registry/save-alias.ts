// Moves the aliases. Callers hold the registry's lock, and say in the history what they do.
import type { Queryable } from '../../db/index.ts';
import type { Actor } from './actor.ts';
import { loadAlias, type ModelAlias } from './load-aliases.ts';
import { saveHistory } from './save-history.ts';

export async function saveAlias(tx: Queryable, alias: ModelAlias, modelVersion: string): Promise<void> {
  await tx.query(
    `insert into model_aliases (alias, model_version) values ($1, $2)
     on conflict (alias) do update set model_version = excluded.model_version`,
    [alias, modelVersion],
  );
}

/** True if this call made it the champion: there was none. Two starters may race, and one of them does. */
export async function saveFirstChampion(tx: Queryable, modelVersion: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    "insert into model_aliases (alias, model_version) values ('champion', $1) on conflict (alias) do nothing",
    [modelVersion],
  );
  return rowCount === 1;
}

export async function deleteChallenger(tx: Queryable): Promise<void> {
  await tx.query("delete from model_aliases where alias = 'challenger'");
}

/** A champion has nobody to shadow. */
export async function saveChampion(tx: Queryable, modelVersion: string, actor: Actor, nowMs: number): Promise<void> {
  await saveAlias(tx, 'champion', modelVersion);
  if ((await loadAlias(tx, 'challenger')) !== modelVersion) return;
  await deleteChallenger(tx);
  const reason = 'it is the champion now';
  await saveHistory(tx, { action: 'challenger_cleared', modelVersion, reason }, actor, nowMs);
}
