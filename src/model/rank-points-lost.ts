// The true drivers of a score, in order: how many points each feature lost against the best its table offers. The best,
// not the average, is the default reference: a customer who is a little below it everywhere still gets reasons.
import { assert } from '../lib/assert.ts';
import type { CompiledScorecard } from './compile-scorecard.ts';
import type { Score } from './score.ts';

/** `best`: the lowest risk any training row had on that feature; `average`: the training portfolio's mean, 0 log-odds. */
export type ReasonReference = 'best' | 'average';

export interface PointsLost {
  readonly feature: string;
  readonly logOddsLost: number;
  readonly pointsLost: number;
}

/** Features that lost something, worst first, ties in the model's order. Intercept, base rate and emotion never appear. */
export function rankPointsLost(
  model: CompiledScorecard,
  scored: Pick<Score, 'contributions'>,
  reference: ReasonReference = 'best',
): readonly PointsLost[] {
  const given = new Map(scored.contributions.map((contribution) => [contribution.feature, contribution.logOdds]));
  const lost: PointsLost[] = [];
  model.features.forEach((feature, index) => {
    const logOdds = given.get(feature);
    const best = model.bestLogOdds[index];
    assert(logOdds !== undefined && best !== undefined, 'the score was made by another model');
    const logOddsLost = logOdds - (reference === 'best' ? best : 0);
    if (logOddsLost > 0) lost.push({ feature, logOddsLost, pointsLost: logOddsLost * model.scoreFactor });
  });
  return lost.sort((one, other) => other.logOddsLost - one.logOddsLost);
}
