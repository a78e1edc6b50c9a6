// The pair tables of an artefact laid out for scoring: each is kept with one of its features, and all that one bin of that
// feature needs lies side by side.
import type { Scorecard } from './scorecard.ts';
import { startsOf, toUnits } from './units.ts';

interface KeptPair {
  readonly keeper: number;
  readonly other: number;
  /** Rows by bins of the keeper. */
  readonly cells: readonly (readonly number[])[];
}

export function compilePairs({ features, pairs = [] }: Pick<Scorecard, 'features' | 'pairs'>) {
  const placeOf = new Map(features.map((table, index) => [table.name, index]));
  const kept = chooseKeepers(
    pairs.map(({ features: [one, other], logOdds }) => ({
      keeper: placeOf.get(one) ?? -1,
      other: placeOf.get(other) ?? -1,
      cells: logOdds,
    })),
    features.length,
  );
  const byKeeper = features.map((_, feature) => kept.filter((pair) => pair.keeper === feature));
  const inOrder = byKeeper.flat();
  const bins = features.map((table) => table.logOdds.length + 1);
  const offsets = byKeeper.map((some) => startsOf(some.map((pair) => bins[pair.other] ?? 0)));
  const given = features.map((_, feature) => [...inOrder.keys()].filter((place) => inOrder[place]?.other === feature));
  return {
    keptFrom: startsOf(byKeeper.map((some) => some.length)),
    pairOther: Int32Array.from(inOrder, (pair) => pair.other),
    pairOffset: Int32Array.from(offsets.flatMap((starts) => [...starts].slice(0, -1))),
    blocksFrom: startsOf(offsets.map((starts, feature) => (starts.at(-1) ?? 0) * (bins[feature] ?? 0))),
    blockSize: Int32Array.from(offsets, (starts) => starts.at(-1) ?? 0),
    pairUnits: Int32Array.from(
      byKeeper.flatMap((some, feature) =>
        Array.from({ length: bins[feature] ?? 0 }, (_, bin) => some.flatMap((pair) => pair.cells[bin] ?? [])).flat(),
      ),
      toUnits,
    ),
    givenFrom: startsOf(given.map((some) => some.length)),
    given: Int32Array.from(given.flat()),
    givenKeeper: Int32Array.from(given.flat(), (place) => inOrder[place]?.keeper ?? -1),
  };
}

/** The busier of two features keeps their pair: fewer, longer blocks. */
function chooseKeepers(pairs: readonly KeptPair[], features: number): KeptPair[] {
  const degree = new Int32Array(features);
  for (const { keeper, other } of pairs) {
    degree[keeper] = (degree[keeper] ?? 0) + 1;
    degree[other] = (degree[other] ?? 0) + 1;
  }
  return pairs.map((pair) => ((degree[pair.other] ?? 0) > (degree[pair.keeper] ?? 0) ? turn(pair) : pair));
}

function turn({ keeper, other, cells }: KeptPair): KeptPair {
  const columns = cells[0]?.length ?? 0;
  return {
    keeper: other,
    other: keeper,
    cells: Array.from({ length: columns }, (_, column) => cells.map((row) => row[column] ?? 0)),
  };
}
