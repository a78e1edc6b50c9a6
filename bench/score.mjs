// `npm run bench:score`: how long a score takes in process, alone and with its four reasons, by the shipped model on card
// holders drawn at random. Fails where the quick way says anything else than the plain one. The last line is JSON.

import { createSeededRandom } from '../src/lib/seeded-random.ts';
import { createScorer, loadScorecard, rankPointsLost, score, shippedScorecardPath } from '../src/model/index.ts';
import { recordBench } from './support/record-bench.mjs';

const HOLDERS = 10_000;
const ROUNDS = 300;

/** Values as often as training met their bins, so that tables are walked as they are in production. */
function drawFeatures(artefact, random) {
  return Float64Array.from(artefact.features, ({ cuts, rows, missingRows }) => {
    let place = random() * (rows.reduce((sum, count) => sum + count, 0) + missingRows);
    const bin = rows.findIndex((count) => {
      place -= count;
      return place < 0;
    });
    if (bin === -1) return Number.NaN;
    const low = cuts[bin - 1] ?? (cuts[0] ?? 0) - 1;
    const high = cuts[bin] ?? low + 1;
    return low + (high - low) * random();
  });
}

function requireSameAnswers(model, scorer, holders) {
  for (const features of holders) {
    const plain = score(model, features, null);
    const quick = scorer.scoreWithReasons(features);
    const reasons = [...scorer.reasons.subarray(0, scorer.reasonCount())].map((place) => model.features[place]);
    const ranked = rankPointsLost(model, features).slice(0, reasons.length);
    const sum = plain.contributions.reduce((all, one) => all + one.logOdds, 0);
    if (quick !== plain.logOdds) throw new Error(`${quick} is not ${plain.logOdds}`);
    if (Math.abs(sum - plain.logOdds) > 1e-9) throw new Error('contributions do not add up');
    if (ranked.some((one, place) => one.feature !== reasons[place])) throw new Error('other reasons');
  }
}

/** The best of many rounds: what else the machine does can only add. */
function timeNs(work) {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const begunNs = process.hrtime.bigint();
    work();
    best = Math.min(best, Number(process.hrtime.bigint() - begunNs) / HOLDERS);
  }
  return Math.round(best * 10) / 10;
}

const { artefact, compiled } = await loadScorecard(shippedScorecardPath());
const random = createSeededRandom(7);
const holders = Array.from({ length: HOLDERS }, () => drawFeatures(artefact, random));
const scorer = createScorer(compiled);
console.log(`${artefact.name}: ${artefact.features.length} tables, ${artefact.pairs.length} pairs, ${HOLDERS} holders`);
requireSameAnswers(compiled, scorer, holders);
console.log('the quick way and the plain one agree, contributions add up to 1e-9');
let kept = 0;
const nsPerScore = timeNs(() => {
  for (const features of holders) kept += scorer.score(features);
});
const nsWithReasons = timeNs(() => {
  for (const features of holders) kept += scorer.scoreWithReasons(features);
});
if (!Number.isFinite(kept)) throw new Error('a score was no number');
const figures = { nsPerScore, nsWithReasons };
recordBench({
  name: 'score',
  command: 'npm run bench:score',
  figures,
  markdown: `One score in process, ${artefact.features.length} tables and ${artefact.pairs.length} pairs: ${nsPerScore} ns; with its four reasons ${nsWithReasons} ns.`,
});
console.log(JSON.stringify(figures));
