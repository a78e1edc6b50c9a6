// The pair tables of an artefact laid out for scoring: one run of cells, each table a block of it, its rows by the bins of
// its left feature. All rows are equally wide, so that the row of a bin is one product for all pairs of a feature.
import type { Scorecard } from './scorecard.ts';
import { startsOf, toUnits } from './units.ts';

export interface CompiledPairs {
  readonly pairLeft: Uint8Array;
  readonly pairRight: Uint8Array;
  /** A pair's units stand at cellsFrom[pair] + bin of its left feature * rowWidth + bin of its right one. */
  readonly cellsFrom: Int32Array;
  readonly rowWidth: number;
  readonly cells: Int32Array;
  /** Pairs that feature f has a part in: pairsOf at pairsOfFrom[f] .. pairsOfFrom[f + 1]. */
  readonly pairsOfFrom: Int32Array;
  readonly pairsOf: Int32Array;
}

export function compilePairs({ features, pairs = [] }: Pick<Scorecard, 'features' | 'pairs'>): CompiledPairs {
  const placeOf = new Map(features.map((table, index) => [table.name, index]));
  const ends = pairs.map((pair) => pair.features.map((name) => placeOf.get(name) ?? -1));
  const rowWidth = Math.max(0, ...pairs.map((pair) => pair.logOdds[0]?.length ?? 0));
  const cellsFrom = startsOf(pairs.map((pair) => pair.logOdds.length * rowWidth));
  const cells = new Int32Array(cellsFrom.at(-1) ?? 0);
  pairs.forEach(({ logOdds }, pair) => {
    logOdds.forEach((row, bin) => {
      cells.set(row.map(toUnits), (cellsFrom[pair] ?? 0) + bin * rowWidth);
    });
  });
  const pairsOf = features.map((_, feature) => [...ends.keys()].filter((pair) => ends[pair]?.includes(feature)));
  return {
    pairLeft: Uint8Array.from(ends, ([left]) => left ?? -1),
    pairRight: Uint8Array.from(ends, ([, right]) => right ?? -1),
    cellsFrom,
    rowWidth,
    cells,
    pairsOfFrom: startsOf(pairsOf.map((some) => some.length)),
    pairsOf: Int32Array.from(pairsOf.flat()),
  };
}
