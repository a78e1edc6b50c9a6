// Puts the model and the policies of this process into their tables, so that every decision names what can be loaded
// again; saves, does not change: a version's content is its name.
import type pg from 'pg';
import { inTransaction, type Queryable } from '../db/index.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import type { LoadedScorecard } from '../model/index.ts';
import type { Policies } from '../policy/index.ts';

/** Idempotent; the alias `champion` is set onto the model. */
export async function registerVersions(
  pool: pg.Pool,
  model: LoadedScorecard,
  policies: Policies,
  nowMs: number,
): Promise<void> {
  await inTransaction(pool, async (tx) => {
    await saveModel(tx, model, nowMs);
    await savePolicies(tx, policies, nowMs);
    await saveChampion(tx, model.modelVersion);
  });
}

async function saveModel(tx: Queryable, model: LoadedScorecard, nowMs: number): Promise<void> {
  await tx.query(
    `insert into model_versions (model_version, artefact, created_at) values ($1, $2, $3)
     on conflict (model_version) do nothing`,
    [model.modelVersion, canonicalJson(model.artefact), new Date(nowMs)],
  );
}

async function savePolicies(tx: Queryable, policies: Policies, nowMs: number): Promise<void> {
  const all = [...policies.byPack.values()].toSorted((one, other) =>
    one.policyVersion < other.policyVersion ? -1 : 1,
  );
  await tx.query(
    `insert into policy_versions (policy_version, pack, document, created_at)
     select policy_version, pack, document, $4
     from unnest($1::text[], $2::text[], $3::text[]) as given (policy_version, pack, document)
     on conflict (policy_version) do nothing`,
    [
      all.map((policy) => policy.policyVersion),
      all.map((policy) => policy.pack),
      all.map((policy) => canonicalJson(policy.document)),
      new Date(nowMs),
    ],
  );
}

async function saveChampion(tx: Queryable, modelVersion: string): Promise<void> {
  await tx.query(
    `insert into model_aliases (alias, model_version) values ('champion', $1)
     on conflict (alias) do update set model_version = excluded.model_version
       where model_aliases.model_version <> excluded.model_version`,
    [modelVersion],
  );
}
