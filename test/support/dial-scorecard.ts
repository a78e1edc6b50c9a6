// A scorecard whose risk a test sets by hand: one feature is a dial with a bin per tenth of log-odds, the others are
// silent. Everything else, the emotion block too, is the shipped model's.
import { FEATURE_NAMES } from '../../src/ledger/index.ts';
import { logit } from '../../src/model/base-rate.ts';
import { compileScorecard, type LoadedScorecard, loadScorecard, shippedScorecardPath } from '../../src/model/index.ts';
import { modelVersionOf, type Scorecard, scorecardSchema } from '../../src/model/scorecard.ts';

const DIAL = 'spend_rate_mean';
const BINS = 121;

/** Dial position d stands for log-odds of d / 10 - 6 after re-anchoring to `baseRate`. */
export async function makeDialScorecard(baseRate = 0.03): Promise<LoadedScorecard> {
  const { artefact: shipped } = await loadScorecard(shippedScorecardPath());
  const anchor = Math.round(logit(baseRate) * 1e4) / 1e4;
  const silent = { cuts: [], logOdds: [0], rows: [1], missingLogOdds: 0 };
  const dial = {
    cuts: Array.from({ length: BINS - 1 }, (_, bin) => bin + 0.5),
    logOdds: Array.from({ length: BINS }, (_, bin) => Math.round(((bin - 60) / 10 - anchor) * 1e4) / 1e4),
    rows: Array.from({ length: BINS }, () => 1),
    missingLogOdds: 0,
  };
  const artefact: Scorecard = scorecardSchema.parse({
    ...shipped,
    name: 'dial',
    baseRate: 0.5,
    interceptLogOdds: 0,
    pairs: [],
    features: shipped.features.map((table) => ({ ...table, ...(table.name === DIAL ? dial : silent) })),
  });
  return { artefact, modelVersion: modelVersionOf(artefact), compiled: compileScorecard(artefact) };
}

/** Features that stand for this probability of default, to the nearest tenth of log-odds. */
export function dialFeatures(probabilityOfDefault: number): (number | null)[] {
  const position = Math.round((logit(probabilityOfDefault) + 6) * 10);
  return FEATURE_NAMES.map((name) => (name === DIAL ? Math.min(Math.max(position, 0), BINS - 1) : 0));
}
