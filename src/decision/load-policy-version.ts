// Policies as decisions name them: loaded from their table by version, checked like any document.
import type { Queryable } from '../db/index.ts';
import { EcsError } from '../lib/errors.ts';
import { type Policy, parsePolicy } from '../policy/index.ts';

export async function loadPolicyVersion(db: Queryable, policyVersion: string): Promise<Policy> {
  const { rows } = await db.query<{ document: string }>(
    'select document from policy_versions where policy_version = $1',
    [policyVersion],
  );
  if (rows[0] === undefined) {
    throw new EcsError(
      'ECS_VERSION_UNKNOWN',
      `The policy version ${policyVersion} is not registered in this database.`,
      {
        facts: { version: policyVersion },
      },
    );
  }
  return parsePolicy(JSON.parse(rows[0].document), `policy ${policyVersion}`);
}
