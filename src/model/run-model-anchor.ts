// `ecs model anchor`: refits slope and intercept of a model on a lender's own outcomes and writes the new artefact, which
// is a new version, and its card if asked. Where the outcomes come from is the caller's to say.
import { EcsError } from '../lib/errors.ts';
import { type LoadedScorecard, loadScorecard } from './load-scorecard.ts';
import { type AnchorEvidence, OWN_DEFAULTS_MIN, refitAnchor } from './refit-anchor.ts';
import { saveModelCard } from './save-model-card.ts';
import { saveScorecard } from './save-scorecard.ts';
import { modelVersionOf, type Recalibration } from './scorecard.ts';

export interface ModelAnchorArgs {
  readonly modelPath: string;
  readonly loadEvidence: (model: LoadedScorecard) => Promise<AnchorEvidence>;
  readonly outPath: string;
  /** Pictures go beside it, into `model/NAME/`. */
  readonly cardPath?: string | undefined;
}

export interface ModelAnchorResult {
  readonly from: string;
  readonly modelVersion: string;
  readonly recalibration: Recalibration;
  readonly outPath: string;
  readonly cardPath: string | null;
}

export async function runModelAnchor(args: ModelAnchorArgs): Promise<ModelAnchorResult> {
  const { modelPath, outPath, cardPath } = args;
  const model = await loadScorecard(modelPath);
  if (model.artefact.recalibration !== undefined) {
    throw new EcsError('ECS_MODEL_INVALID', `${modelPath} is anchored already: anchor the model it came from`);
  }
  const refit = refitAnchor(model.artefact, await args.loadEvidence(model));
  if (refit.outcome === 'too_few') {
    const { defaults, others } = refit;
    const message = `${defaults} defaults and ${others} others: ${OWN_DEFAULTS_MIN} of each are needed; until then the policy's lenderBaseRate moves the base rate`;
    throw new EcsError('ECS_REQUEST_INVALID', message, { facts: { defaults, others } });
  }
  if (refit.outcome === 'not_rising') {
    throw new EcsError('ECS_REQUEST_INVALID', `these outcomes do not rise with the score (slope ${refit.slope})`);
  }
  const { scorecard } = refit;
  await saveScorecard(outPath, scorecard);
  if (cardPath !== undefined) await saveModelCard(cardPath, scorecard);
  return {
    from: model.modelVersion,
    modelVersion: modelVersionOf(scorecard),
    recalibration: scorecard.recalibration,
    outPath,
    cardPath: cardPath ?? null,
  };
}
