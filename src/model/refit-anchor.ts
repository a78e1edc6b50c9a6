// Re-anchoring on a lender's own outcomes: slope and intercept of the logit refitted, once there are defaults enough to
// tell. The order of customers and the tables stay; only what a score means as a probability moves.
import { fitCalibration } from './metrics.ts';
import { roundTo } from './round-to.ts';
import { METRIC_DECIMALS, type Recalibration, type Scorecard } from './scorecard.ts';

/** With fewer, the refit would be less sure than moving the base rate alone. */
export const OWN_DEFAULTS_MIN = 200;

/** What a model said, and what became of it, row by row. */
export interface AnchorEvidence {
  /** Log-odds of the model before any re-anchoring. */
  readonly logOdds: Float64Array;
  /** 1 for a default. */
  readonly target: Uint8Array;
  /** Names the rows. */
  readonly sha256: string;
}

export type RefitResult =
  | { readonly outcome: 'refitted'; readonly scorecard: Scorecard & { readonly recalibration: Recalibration } }
  | { readonly outcome: 'too_few'; readonly defaults: number; readonly others: number }
  /** The score does not rank these outcomes at all: no line through them makes it a probability. */
  | { readonly outcome: 'not_rising'; readonly slope: number };

export function refitAnchor(scorecard: Scorecard, { logOdds, target, sha256 }: AnchorEvidence): RefitResult {
  const defaults = target.reduce((sum, value) => sum + value, 0);
  const others = target.length - defaults;
  if (Math.min(defaults, others) < OWN_DEFAULTS_MIN) return { outcome: 'too_few', defaults, others };
  const fit = fitCalibration(logOdds, target);
  const slope = roundTo(fit.slope, METRIC_DECIMALS);
  if (!(slope > 0)) return { outcome: 'not_rising', slope: fit.slope };
  const recalibration = {
    slope,
    intercept: roundTo(fit.intercept, METRIC_DECIMALS),
    outcomes: target.length,
    defaults,
    outcomesSha256: sha256,
  };
  const training = withMovedBins(scorecard.training, recalibration);
  return { outcome: 'refitted', scorecard: { ...scorecard, training, recalibration } };
}

/** The training rows' scores move with the model's. */
function withMovedBins(training: Scorecard['training'], { slope, intercept }: Recalibration): Scorecard['training'] {
  if (training.scoreBins === undefined) return training;
  const { cuts, rows } = training.scoreBins;
  return { ...training, scoreBins: { cuts: cuts.map((cut) => cut * slope + intercept), rows } };
}
