// Models and policies as decisions name them: loaded from their tables by version, checked like any document.
import type { Queryable } from '../db/index.ts';
import { EcsError } from '../lib/errors.ts';
import { type CompiledScorecard, compileScorecard, parseScorecard } from '../model/index.ts';
import { type Policy, parsePolicy } from '../policy/index.ts';

export async function loadModelVersion(
  db: Queryable,
  modelVersion: string,
): Promise<{ readonly modelVersion: string; readonly compiled: CompiledScorecard }> {
  const { rows } = await db.query<{ artefact: string }>(
    'select artefact from model_versions where model_version = $1',
    [modelVersion],
  );
  if (rows[0] === undefined) throw unknownVersion('model', modelVersion);
  const artefact = parseScorecard(JSON.parse(rows[0].artefact), `model ${modelVersion}`);
  return { modelVersion, compiled: compileScorecard(artefact) };
}

export async function loadPolicyVersion(db: Queryable, policyVersion: string): Promise<Policy> {
  const { rows } = await db.query<{ document: string }>(
    'select document from policy_versions where policy_version = $1',
    [policyVersion],
  );
  if (rows[0] === undefined) throw unknownVersion('policy', policyVersion);
  return parsePolicy(JSON.parse(rows[0].document), `policy ${policyVersion}`);
}

function unknownVersion(what: string, version: string): EcsError {
  return new EcsError('ECS_VERSION_UNKNOWN', `The ${what} version ${version} is not registered in this database.`, {
    facts: { version },
  });
}
