import { readFileSync } from 'node:fs';
import { createSeededRandom } from '../lib/seeded-random.ts';
import { sigmoid } from './base-rate.ts';
import { compileScorecard } from './compile-scorecard.ts';
import { parseScorecard, shippedScorecardPath } from './load-scorecard.ts';
import { refitAnchor } from './refit-anchor.ts';
import { score, scoreLogOdds } from './score.ts';

const SHIPPED = parseScorecard(JSON.parse(readFileSync(shippedScorecardPath(), 'utf8')), 'shipped');
const HASH = 'a'.repeat(64);

/** Outcomes of a lender where the log-odds are `slope` times the model's plus `intercept`. */
function drawOutcomes(rows: number, slope: number, intercept: number) {
  const random = createSeededRandom(3);
  const logOdds = Float64Array.from({ length: rows }, () => -1.5 + 3 * (random() - 0.5));
  return { logOdds, target: Uint8Array.from(logOdds, (z) => (random() < sigmoid(slope * z + intercept) ? 1 : 0)) };
}

describe('refitAnchor', () => {
  it("finds slope and intercept again, and the model then speaks the lender's odds", () => {
    const { logOdds, target } = drawOutcomes(60_000, 0.7, -1);
    const refit = refitAnchor(SHIPPED, { logOdds, target, sha256: HASH });
    if (refit.outcome !== 'refitted') throw new Error(refit.outcome);
    const { recalibration } = refit.scorecard;
    expect(recalibration.slope).toBeCloseTo(0.7, 1);
    expect(recalibration.intercept).toBeCloseTo(-1, 1);
    expect(parseScorecard(refit.scorecard, 'anchored')).toEqual(refit.scorecard);
    const features = new Float64Array(23);
    const before = scoreLogOdds(compileScorecard(SHIPPED), features);
    const anchored = score(compileScorecard(refit.scorecard), features, null, { baseRate: 0.5 });
    expect(anchored.logOdds).toBeCloseTo(before * recalibration.slope + recalibration.intercept, 12);
    const sum = anchored.contributions.reduce((all, one) => all + one.logOdds, 0);
    expect(Math.abs(sum - anchored.logOdds)).toBeLessThan(1e-9);
    expect(scoreLogOdds(compileScorecard(refit.scorecard), features)).toBe(anchored.financialLogOdds);
  });

  it('predicts on average what was observed, and no line near it makes the outcomes likelier', () => {
    const { logOdds, target } = drawOutcomes(5_000, 0.6, 1);
    const refit = refitAnchor(SHIPPED, { logOdds, target, sha256: HASH });
    if (refit.outcome !== 'refitted') throw new Error(refit.outcome);
    const { slope, intercept, defaults, outcomes } = refit.scorecard.recalibration;
    const predicted = logOdds.reduce((sum, z) => sum + sigmoid(slope * z + intercept), 0) / outcomes;
    expect(Math.abs(predicted - defaults / outcomes)).toBeLessThan(1e-6);
    const likelihood = (ofSlope: number, ofIntercept: number) =>
      logOdds.reduce((sum, z, row) => {
        const p = sigmoid(ofSlope * z + ofIntercept);
        return sum + Math.log(target[row] === 1 ? p : 1 - p);
      }, 0);
    const best = likelihood(slope, intercept);
    for (const one of [-0.02, 0, 0.02]) {
      for (const other of [-0.02, 0, 0.02]) {
        if (one !== 0 || other !== 0) expect(likelihood(slope + one, intercept + other)).toBeLessThan(best);
      }
    }
  });

  it("moves the training rows' score bins with the scores", () => {
    const { logOdds, target } = drawOutcomes(20_000, 0.7, -1);
    const scoreBins = { cuts: [-2, 0], rows: [5, 6, 7] };
    const binned = { ...SHIPPED, training: { ...SHIPPED.training, scoreBins } };
    const refit = refitAnchor(binned, { logOdds, target, sha256: HASH });
    if (refit.outcome !== 'refitted') throw new Error(refit.outcome);
    const { slope, intercept } = refit.scorecard.recalibration;
    const moved = { cuts: [-2 * slope + intercept, intercept], rows: [5, 6, 7] };
    expect(refit.scorecard.training.scoreBins).toEqual(moved);
  });

  it('waits for 200 defaults, and for 200 others', () => {
    const { logOdds, target } = drawOutcomes(1_000, 1, -1);
    const few = { logOdds: logOdds.subarray(0, 300), target: target.subarray(0, 300), sha256: HASH };
    expect(refitAnchor(SHIPPED, few).outcome).toBe('too_few');
    const onlyDefaults = { logOdds, target: target.map(() => 1), sha256: HASH };
    expect(refitAnchor(SHIPPED, onlyDefaults)).toEqual({ outcome: 'too_few', defaults: 1_000, others: 0 });
  });

  it('refuses outcomes that fall where the score rises', () => {
    const { logOdds, target } = drawOutcomes(5_000, -1, 0);
    expect(refitAnchor(SHIPPED, { logOdds, target, sha256: HASH }).outcome).toBe('not_rising');
  });
});
