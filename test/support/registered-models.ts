// Other models than the shipped one, for tests of the registry: the same tables under another name and, where a test
// wants other scores, with another intercept.
import { compileScorecard, type LoadedScorecard, loadScorecard, shippedScorecardPath } from '../../src/model/index.ts';
import { roundTo } from '../../src/model/round-to.ts';
import { LOG_ODDS_DECIMALS, modelVersionOf, type Scorecard } from '../../src/model/scorecard.ts';

export async function makeOtherModel(name: string, addedLogOdds = 0): Promise<LoadedScorecard> {
  const { artefact: shipped } = await loadScorecard(shippedScorecardPath());
  const interceptLogOdds = roundTo(shipped.interceptLogOdds + addedLogOdds, LOG_ODDS_DECIMALS);
  const artefact: Scorecard = { ...shipped, name, interceptLogOdds };
  return { artefact, modelVersion: modelVersionOf(artefact), compiled: compileScorecard(artefact) };
}
