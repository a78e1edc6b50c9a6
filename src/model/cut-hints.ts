// An even grid over the cuts of each feature: the bin of a value begins to be looked for where its grid cell begins, so
// that most values need one comparison instead of a search.

export const GRID_CELLS = 64;

export interface CutHints {
  readonly gridLow: Float64Array;
  readonly gridScale: Float64Array;
  /** Per feature and cell: a bin that no value of the cell stands below. */
  readonly gridStart: Uint8Array;
}

export function makeCutHints(cutsOf: readonly (readonly number[])[]): CutHints {
  const gridLow = new Float64Array(cutsOf.length);
  const gridScale = new Float64Array(cutsOf.length);
  const gridStart = new Uint8Array(cutsOf.length * GRID_CELLS);
  cutsOf.forEach((cuts, feature) => {
    const low = cuts[0] ?? 0;
    // The last tenth of the cuts often lies far out; the grid spends its cells where the values are.
    const high = cuts[Math.floor((cuts.length - 1) * 0.9)] ?? low;
    gridLow[feature] = low;
    gridScale[feature] = high > low ? (GRID_CELLS - 1) / (high - low) : 0;
    for (let cell = 0; cell < GRID_CELLS; cell += 1) {
      const scale = gridScale[feature] ?? 0;
      // One cell of grace, so that rounding of the division can never begin past the value's bin.
      const floor = scale === 0 ? low : low + (cell - 1) / scale;
      gridStart[feature * GRID_CELLS + cell] = cell === 0 ? 0 : cuts.filter((cut) => cut <= floor).length;
    }
  });
  return { gridLow, gridScale, gridStart };
}
