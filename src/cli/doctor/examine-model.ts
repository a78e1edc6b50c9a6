// What the registry says about the model in force, and whether the file somebody named is that model.
import { getModel } from '../../model/index.ts';
import type { System } from '../../open-system.ts';
import { type Finding, ok, warning } from './finding.ts';

export async function examineModel({ pool, config, modelFile }: System): Promise<Finding[]> {
  const champion = await getModel(pool, 'champion');
  if (champion === null) return [warning('model', 'no model is in force yet', 'Run `ecs start`.')];
  const challenger = await getModel(pool, 'challenger');
  const findings = [ok('model', nameOf(champion))];
  if (challenger !== null) findings.push(ok('challenger', `${nameOf(challenger)}, scores in the shadow`));
  if (champion.modelVersion === modelFile.modelVersion) return findings;
  const notInForce = `${nameOf({ ...modelFile, name: modelFile.artefact.name })} is registered but not in force`;
  const promote = `Promote it (\`ecs model promote ${modelFile.modelVersion.slice(0, 12)}\`), or name no file: the registry decides.`;
  return config.modelPath === null
    ? [...findings, ok('shipped model', notInForce)]
    : [...findings, warning('ECS_MODEL', notInForce, promote)];
}

function nameOf({ name, modelVersion }: { readonly name: string | null; readonly modelVersion: string }): string {
  return `${name ?? 'unnamed'}, version ${modelVersion.slice(0, 12)}`;
}
