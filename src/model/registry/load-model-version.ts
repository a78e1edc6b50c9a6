// One registered model by its version: read, proven to be what its name says, checked and compiled.
import type { Queryable } from '../../db/index.ts';
import { sha256 } from '../../lib/canonical-json.ts';
import { EcsError } from '../../lib/errors.ts';
import { compileScorecard } from '../compile-scorecard.ts';
import { type LoadedScorecard, parseScorecard } from '../load-scorecard.ts';

/** ECS_VERSION_UNKNOWN; ECS_MODEL_INVALID where what is stored is not what was registered, or this program cannot read it. */
export async function loadModelVersion(db: Queryable, modelVersion: string): Promise<LoadedScorecard> {
  const text = await loadArtefactText(db, modelVersion);
  if (text === null) {
    throw new EcsError('ECS_VERSION_UNKNOWN', `The model version ${modelVersion} is not registered in this database.`, {
      facts: { version: modelVersion },
    });
  }
  // The text is canonical, so its own hash is the name.
  if (sha256(text).toString('hex') !== modelVersion) {
    throw new EcsError('ECS_MODEL_INVALID', `What is stored as model ${modelVersion} is not what was registered.`, {
      facts: { version: modelVersion },
    });
  }
  const artefact = parseScorecard(JSON.parse(text), `model ${modelVersion}`);
  return { artefact, modelVersion, compiled: compileScorecard(artefact) };
}

async function loadArtefactText(db: Queryable, modelVersion: string): Promise<string | null> {
  const { rows } = await db.query<{ artefact: string }>(
    'select artefact from model_versions where model_version = $1',
    [modelVersion],
  );
  return rows[0]?.artefact ?? null;
}
