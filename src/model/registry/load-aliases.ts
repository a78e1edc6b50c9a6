// Which versions the aliases point at, read plainly or under the lock that everything changing them takes.
import type { Queryable } from '../../db/index.ts';
import { EcsError } from '../../lib/errors.ts';

export const MODEL_ALIASES = ['champion', 'challenger'] as const;
export type ModelAlias = (typeof MODEL_ALIASES)[number];

/** Null before the first start. */
export async function loadAlias(db: Queryable, alias: ModelAlias): Promise<string | null> {
  const { rows } = await db.query<{ model_version: string }>({
    name: 'model-load-alias',
    text: 'select model_version from model_aliases where alias = $1',
    values: [alias],
  });
  return rows[0]?.model_version ?? null;
}

/** The champion, whose row is the lock of the registry: one change at a time, each seeing what the last one did. */
export async function lockChampion(tx: Queryable): Promise<string> {
  const { rows } = await tx.query<{ model_version: string }>(
    "select model_version from model_aliases where alias = 'champion' for update",
  );
  if (rows[0] !== undefined) return rows[0].model_version;
  throw new EcsError('ECS_VERSION_UNKNOWN', 'No model is in force yet: start ECS once.');
}
