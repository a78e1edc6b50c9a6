// Purification: whatever a pair table says about one of its features alone moves into that feature's main table, so that
// a pair is an interaction and nothing else. The sum of all tables stays what it was, in whole units to the digit.
import type { BinnedFeature } from './bin-feature.ts';
import type { PairSums } from './sum-trees.ts';

const SWEEPS = 50;

/** Training rows per cell of a pair's table. */
export function countCells(pair: PairSums, features: readonly BinnedFeature[]): Float64Array {
  const counts = new Float64Array(pair.rows * pair.columns);
  const rows = features[pair.one]?.bins ?? new Uint8Array();
  const columns = features[pair.other]?.bins ?? new Uint8Array();
  for (let row = 0; row < rows.length; row += 1) {
    const cell = (rows[row] as number) * pair.columns + (columns[row] as number);
    counts[cell] = (counts[cell] as number) + 1;
  }
  return counts;
}

export interface Moved {
  readonly rows: Float64Array;
  readonly columns: Float64Array;
}

/**
 * How much belongs to each row and column of the table so that what is left has mean 0 along every row and column, by
 * the training rows in its cells. Rows and columns without any training row keep what they have.
 */
export function findMarginals(pair: PairSums, counts: Float64Array): Moved {
  const left = Float64Array.from(pair.logOdds);
  const moved: Moved = { rows: new Float64Array(pair.rows), columns: new Float64Array(pair.columns) };
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    for (let row = 0; row < pair.rows; row += 1) {
      const mean = meanAlong(left, counts, row * pair.columns, 1, pair.columns);
      moved.rows[row] = (moved.rows[row] as number) + mean;
      shift(left, row * pair.columns, 1, pair.columns, -mean);
    }
    for (let column = 0; column < pair.columns; column += 1) {
      const mean = meanAlong(left, counts, column, pair.columns, pair.rows);
      moved.columns[column] = (moved.columns[column] as number) + mean;
      shift(left, column, pair.columns, pair.rows, -mean);
    }
  }
  return moved;
}

function meanAlong(values: Float64Array, counts: Float64Array, from: number, step: number, length: number): number {
  let sum = 0;
  let rows = 0;
  for (let place = 0, cell = from; place < length; place += 1, cell += step) {
    sum += (values[cell] as number) * (counts[cell] as number);
    rows += counts[cell] as number;
  }
  return rows === 0 ? 0 : sum / rows;
}

export function shift(values: Float64Array, from: number, step: number, length: number, by: number): void {
  for (let place = 0, cell = from; place < length; place += 1, cell += step) {
    values[cell] = (values[cell] as number) + by;
  }
}

/** How much a pair adds beyond its two features: the variance of its purified table over the training rows. */
export function interactionVariance(pair: PairSums, features: readonly BinnedFeature[]): number {
  const counts = countCells(pair, features);
  const { rows, columns } = findMarginals(pair, counts);
  let squares = 0;
  let all = 0;
  for (let row = 0; row < pair.rows; row += 1) {
    for (let column = 0; column < pair.columns; column += 1) {
      const cell = row * pair.columns + column;
      const rest = (pair.logOdds[cell] as number) - (rows[row] as number) - (columns[column] as number);
      squares += rest * rest * (counts[cell] as number);
      all += counts[cell] as number;
    }
  }
  return squares / all;
}
