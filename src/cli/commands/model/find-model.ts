// A registered model by its version, the beginning of it, or its alias: nobody types 64 digits.
import type { Queryable } from '../../../db/index.ts';
import { EcsError } from '../../../lib/errors.ts';
import { listModels, type RegisteredModel } from '../../../model/index.ts';

const DIGITS_MIN = 6;

export async function findModel(db: Queryable, name: string): Promise<RegisteredModel> {
  const models = await listModels(db);
  const isLong = name.length >= DIGITS_MIN;
  const found = models.filter((model) => model.alias === name || (isLong && model.modelVersion.startsWith(name)));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  throw new EcsError(
    'ECS_NOT_FOUND',
    only === undefined
      ? `There is no model ${name}. \`ecs model list\` shows them; at least ${DIGITS_MIN} digits of a version are needed.`
      : `${name} is the beginning of several models. Give more digits.`,
  );
}
