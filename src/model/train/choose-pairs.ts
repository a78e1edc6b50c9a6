// Which pairs of features get a table: any pair may be tried first, and those that explain most beyond their two features
// stay. Only rows of the run are seen.
import { type BagRows, type Lesson, makeBagInputs, type RunBags } from './bag-inputs.ts';
import { interactionVariance } from './purify.ts';
import type { Random } from './random.ts';
import { addTrees, makeTableSums } from './sum-trees.ts';
import { TABLE_DEPTH } from './trees.ts';

/** Enough to rank pairs, few enough to be quick. */
const PAIR_BAGS = 3;

/** 1 at `one * features + other` where the two may share a tree. `segment`: place of a feature that every pair must contain. */
export async function choosePairs(
  rows: BagRows,
  lesson: Lesson,
  segment: number | undefined,
  random: Random,
  run: RunBags,
): Promise<Uint8Array> {
  const { features, settings } = rows;
  const allowed = new Uint8Array(features.length * features.length);
  if (settings.pairsMax === 0) return allowed;
  const bags = Math.min(PAIR_BAGS, settings.folds);
  const pairs = mayPair(features.length, segment);
  const plan = { bags, rounds: settings.pairRounds, depth: TABLE_DEPTH, pairs, ...lesson };
  const tried = await run(makeBagInputs(rows, plan, random));
  const sums = makeTableSums(features);
  for (const { trees, heldOutLoss } of tried) addTrees(sums, trees, heldOutLoss.length, 1 / bags);
  const ranked = Array.from(sums.pairs.values(), (pair) => ({ pair, worth: interactionVariance(pair, features) }));
  ranked.sort((a, b) => b.worth - a.worth || a.pair.one - b.pair.one || a.pair.other - b.pair.other);
  for (const { pair } of ranked.slice(0, settings.pairsMax)) {
    allowed[pair.one * features.length + pair.other] = 1;
    allowed[pair.other * features.length + pair.one] = 1;
  }
  return allowed;
}

/** Any two features, or one of them the segment. */
function mayPair(count: number, segment: number | undefined): Uint8Array | null {
  if (segment === undefined) return null;
  return Uint8Array.from({ length: count * count }, (_, key) =>
    Math.floor(key / count) === segment || key % count === segment ? 1 : 0,
  );
}
