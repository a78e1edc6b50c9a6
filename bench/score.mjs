// `npm run bench:score`: how long a score takes in process, alone and with its four reasons, by the shipped model on card
// holders drawn at random. The plain way is timed in the same run, in turns with the quick one, so that their ratio stands
// whatever else the machine does. Fails where the two say different things. The last line is JSON.

import { createSeededRandom } from '../src/lib/seeded-random.ts';
import { createScorer, loadScorecard, rankPointsLost, score, shippedScorecardPath } from '../src/model/index.ts';
import { recordBench } from './support/record-bench.mjs';

const HOLDERS = 10_000;
const ROUNDS = 60;
/** Short turns: most of them fit between two interruptions. */
const TURN = 250;

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

/** The median turn of each way; all ways take a turn on the same holders before the next holders come. */
function timeInTurns(ways, holders) {
  const taken = ways.map(() => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let from = 0; from < holders.length; from += TURN) {
      const some = holders.slice(from, from + TURN);
      ways.forEach((way, place) => {
        const begunNs = process.hrtime.bigint();
        way(some);
        taken[place].push(Number(process.hrtime.bigint() - begunNs) / some.length);
      });
    }
  }
  return taken.map((turns) => Math.round(turns.sort((one, other) => one - other)[turns.length >> 1] * 10) / 10);
}

const { artefact, compiled } = await loadScorecard(shippedScorecardPath());
const random = createSeededRandom(7);
const holders = Array.from({ length: HOLDERS }, () => drawFeatures(artefact, random));
const scorer = createScorer(compiled);
console.log(`${artefact.name}: ${artefact.features.length} tables, ${artefact.pairs.length} pairs, ${HOLDERS} holders`);
requireSameAnswers(compiled, scorer, holders);
console.log('the quick way and the plain one agree, contributions add up to 1e-9');
let kept = 0;
const [nsPerScore, nsWithReasons, nsPlain] = timeInTurns(
  [
    (some) => {
      for (const features of some) kept += scorer.score(features);
    },
    (some) => {
      for (const features of some) kept += scorer.scoreWithReasons(features);
    },
    (some) => {
      for (const features of some)
        kept += score(compiled, features, null).logOdds + rankPointsLost(compiled, features).length;
    },
  ],
  holders,
);
if (!Number.isFinite(kept)) throw new Error('a score was no number');
const figures = { nsPerScore, nsWithReasons };
const ratio = Math.round((nsPlain / nsWithReasons) * 10) / 10;
console.log(`the plain way, every contribution and reason by name: ${nsPlain} ns, ${ratio} times as long`);
recordBench({
  name: 'score',
  command: 'npm run bench:score',
  figures,
  markdown: `One score in process, ${artefact.features.length} tables and ${artefact.pairs.length} pairs: ${nsPerScore} ns; with its four reasons ${nsWithReasons} ns. The plain way, which names every contribution and every reason as a decision stores them, takes ${nsPlain} ns, ${ratio} times as long.`,
});
console.log(JSON.stringify(figures));
