// `ecs model evaluate`: scores the chosen rows of a CSV with an artefact and measures it. Hands back plain facts.
import { EcsError } from '../lib/errors.ts';
import { evaluateScorecard } from './evaluate-scorecard.ts';
import { loadScorecard } from './load-scorecard.ts';
import { readAsModel } from './read-column-rows.ts';
import type { Metrics, Scorecard } from './scorecard.ts';
import { loadTrainingData, loadTrainingSpec } from './train/load-training-data.ts';
import { selectRows } from './train/training-table.ts';
import type { ResolvedSpec } from './training-spec.ts';

export interface ModelEvaluateArgs {
  readonly modelPath: string;
  readonly dataPath: string;
  readonly specPath: string;
  readonly splitsPath?: string | undefined;
  /** `all`, `training` (what the spec does not set aside) or a column: the rows that read 1 there. */
  readonly rows?: string | undefined;
}

export interface ModelEvaluateResult {
  readonly name: string;
  readonly modelVersion: string;
  readonly rows: string;
  /** True when the artefact was trained on this file and the rows chosen are not only those it set aside. */
  readonly seenInTraining: boolean;
  readonly metrics: Metrics;
}

export async function runModelEvaluate(args: ModelEvaluateArgs): Promise<ModelEvaluateResult> {
  const rows = args.rows ?? 'all';
  const { artefact, modelVersion } = await loadScorecard(args.modelPath);
  const spec = await loadTrainingSpec(args.specPath);
  const data = await loadTrainingData(args.dataPath, args.splitsPath ?? null, spec);
  requireSameFeatures(artefact, data.spec, args);
  return {
    name: artefact.name,
    modelVersion,
    rows,
    seenInTraining: data.dataSha256 === artefact.training.dataSha256 && rows !== spec.holdoutColumn,
    metrics: evaluateScorecard(artefact, readAsModel(artefact, selectRows(data.table, data.spec, rows))),
  };
}

function requireSameFeatures(artefact: Scorecard, spec: ResolvedSpec, args: ModelEvaluateArgs): void {
  const inModel = artefact.features.map((table) => table.name).join(', ');
  const inSpec = spec.features.map((feature) => feature.name).join(', ');
  if (inModel === inSpec && artefact.kind === spec.kind && artefact.referenceUnitMinor === spec.referenceUnitMinor) {
    return;
  }
  throw new EcsError('ECS_MODEL_INVALID', `${args.modelPath} and ${args.specPath} do not speak of the same features`, {
    facts: { modelPath: args.modelPath, specPath: args.specPath },
  });
}
