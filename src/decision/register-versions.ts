// Puts the model and the policies of this process into their tables, so that every decision names what can be loaded
// again; saves, does not change: a version's content is its name.
import type pg from 'pg';
import { inTransaction, type Queryable } from '../db/index.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import { installModel, type LoadedScorecard } from '../model/index.ts';
import type { Policies } from '../policy/index.ts';

/** Idempotent. Gives back the version of the champion: that of the registry, and `model` only where there is none yet. */
export async function registerVersions(
  pool: pg.Pool,
  model: LoadedScorecard,
  policies: Policies,
  nowMs: number,
): Promise<string> {
  return inTransaction(pool, async (tx) => {
    const championVersion = await installModel(tx, model.artefact, nowMs);
    await savePolicies(tx, policies, nowMs);
    return championVersion;
  });
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
