// Where to begin looking for a value's bin: a grid of cells over the cuts of each feature, so that most values need one
// comparison instead of a search. Cells are even, or even in the digits of a floating-point number where cuts crowd at the
// low end, whichever leaves fewer comparisons.

export const GRID_CELLS = 256;
const LAST = GRID_CELLS - 1;

const number = new Float64Array(1);
const words = new Int32Array(number.buffer);
const HIGH = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

export interface CutHints {
  readonly gridLow: Float64Array;
  /** Even cells: how many fit into 1; 0 where cells are even in digits. */
  readonly gridScale: Float64Array;
  /** Cells even in digits: the upper half of the bits of the first cell's beginning, and how far they are shifted. */
  readonly gridBits: Int32Array;
  readonly gridShift: Int32Array;
  /** Per feature and cell: a bin that no value of the cell stands below. */
  readonly gridStart: Uint8Array;
}

/** The cell of a value that is not NaN; never falls as the value rises. */
export function cellOf(hints: CutHints, feature: number, value: number): number {
  const above = value - (hints.gridLow[feature] as number);
  if (!(above > 0)) return 0;
  const scale = hints.gridScale[feature] as number;
  if (scale > 0) {
    const cell = above * scale;
    return cell < LAST ? cell | 0 : LAST;
  }
  number[0] = above;
  const cell = ((words[HIGH] as number) - (hints.gridBits[feature] as number)) >> (hints.gridShift[feature] as number);
  if (cell < 0) return 0;
  if (cell > LAST) return LAST;
  return cell;
}

/** `rowsOf`: how many rows training met in each bin; likely values shall be found quickly. */
export function makeCutHints(cutsOf: readonly (readonly number[])[], rowsOf: readonly (readonly number[])[]): CutHints {
  const hints: CutHints = {
    gridLow: new Float64Array(cutsOf.length),
    gridScale: new Float64Array(cutsOf.length),
    gridBits: new Int32Array(cutsOf.length),
    gridShift: new Int32Array(cutsOf.length),
    gridStart: new Uint8Array(cutsOf.length * GRID_CELLS),
  };
  cutsOf.forEach((cuts, feature) => {
    const rows = rowsOf[feature] ?? [];
    const digits = setDigits(hints, feature, cuts);
    const digitsCost = digits ? costOf(hints, feature, cuts, rows) : Number.POSITIVE_INFINITY;
    setEven(hints, feature, cuts);
    if (digitsCost < costOf(hints, feature, cuts, rows)) setDigits(hints, feature, cuts);
    fillStarts(hints, feature, cuts);
  });
  return hints;
}

function setEven({ gridLow, gridScale }: CutHints, feature: number, cuts: readonly number[]): void {
  const low = cuts[0] ?? 0;
  const high = cuts.at(-1) ?? low;
  gridLow[feature] = low;
  gridScale[feature] = high > low ? LAST / (high - low) : 1;
}

function setDigits(hints: CutHints, feature: number, cuts: readonly number[]): boolean {
  const low = cuts[0] ?? 0;
  const first = (cuts[1] ?? low) - low;
  const last = (cuts.at(-1) ?? low) - low;
  if (!(first > 0 && last > first)) return false;
  hints.gridLow[feature] = low;
  hints.gridScale[feature] = 0;
  const bits = bitsOf(first / 4);
  hints.gridBits[feature] = bits;
  let shift = 0;
  while ((bitsOf(last) - bits) >> shift >= LAST) shift += 1;
  hints.gridShift[feature] = shift;
  return true;
}

function bitsOf(value: number): number {
  number[0] = value;
  return words[HIGH] as number;
}

/** A cell begins at the bin of the last cut in the cells before it: cells never fall, so no value of it stands lower. */
function fillStarts(hints: CutHints, feature: number, cuts: readonly number[]): void {
  const cells = cuts.map((cut) => cellOf(hints, feature, cut));
  for (let cell = 0; cell < GRID_CELLS; cell += 1) {
    hints.gridStart[feature * GRID_CELLS + cell] = cells.filter((own) => own < cell).length;
  }
}

/** Expected comparisons beyond the first, were values spread evenly within their bins' cells. */
function costOf(hints: CutHints, feature: number, cuts: readonly number[], rows: readonly number[]): number {
  const perCell = new Int32Array(GRID_CELLS);
  for (const cut of cuts) {
    const cell = cellOf(hints, feature, cut);
    perCell[cell] = (perCell[cell] ?? 0) + 1;
  }
  return cuts.reduce((sum, cut, bin) => sum + (rows[bin + 1] ?? 0) * (perCell[cellOf(hints, feature, cut)] ?? 0), 0);
}
