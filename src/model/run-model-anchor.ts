// `ecs model anchor`: refits slope and intercept of a model on a lender's own outcomes and writes the new artefact, which
// is a new version.
import { EcsError } from '../lib/errors.ts';
import { type LoadedScorecard, loadScorecard } from './load-scorecard.ts';
import { OWN_DEFAULTS_MIN, refitAnchor } from './refit-anchor.ts';
import { saveScorecard } from './save-scorecard.ts';
import { modelVersionOf, type Recalibration } from './scorecard.ts';

/** What the model itself said of customers, before any re-anchoring, and what became of them. */
export interface AnchorOutcomes {
  readonly logOdds: Float64Array;
  readonly target: Uint8Array;
  readonly sha256: string;
}

export interface ModelAnchorArgs {
  readonly modelPath: string;
  /** Asked with the model, which may have to score them first. */
  readonly loadOutcomes: (model: LoadedScorecard) => Promise<AnchorOutcomes>;
  readonly outPath: string;
}

export interface ModelAnchorResult {
  readonly from: string;
  readonly modelVersion: string;
  readonly recalibration: Recalibration;
  readonly outPath: string;
}

export async function runModelAnchor(args: ModelAnchorArgs): Promise<ModelAnchorResult> {
  const model = await loadScorecard(args.modelPath);
  const { artefact, modelVersion } = model;
  if (artefact.recalibration !== undefined) {
    throw new EcsError('ECS_MODEL_INVALID', `${args.modelPath} is anchored already: anchor the model it came from`);
  }
  const { logOdds, target, sha256 } = await args.loadOutcomes(model);
  const refit = refitAnchor(artefact, logOdds, target, sha256);
  if (refit.outcome === 'too_few') {
    const { defaults, others } = refit;
    const message = `${defaults} defaults and ${others} others: ${OWN_DEFAULTS_MIN} of each are needed; until then the policy's lenderBaseRate moves the base rate`;
    throw new EcsError('ECS_FILE_INVALID', message, { facts: { defaults, others } });
  }
  if (refit.outcome === 'not_rising') {
    throw new EcsError('ECS_FILE_INVALID', `these outcomes do not rise with the score (slope ${refit.slope})`);
  }
  await saveScorecard(args.outPath, refit.scorecard);
  const { recalibration } = refit.scorecard;
  return { from: modelVersion, modelVersion: modelVersionOf(refit.scorecard), recalibration, outPath: args.outPath };
}
