// Teaches the base score its level at this lender from months that are over: a straight line through its log-odds, and
// what being late adds. Without this a block that only echoes late payments could live on the base score's gaps.
import { assert } from '../../lib/assert.ts';
import { LATE_CLASSES } from './gate-outcomes.ts';

/** Log-odds = intercept + slope * base + late[class]. */
export interface BaseLine {
  readonly intercept: number;
  readonly slope: number;
  readonly late: readonly [number, number, number];
}

export interface BaseRecalibration {
  add(base: number, late: number, defaulted: number): void;
  defaults(): number;
  fit(): BaseLine;
}

/** Past rows are counted in cells this wide: a fit costs the same however long the history is. */
const CELL_WIDTH = 0.1;
const CELL_LOW = -10;
const CELLS = 180;
/** How sure we are beforehand that the base score is right as it stands: one over the variance. */
const PRIOR = { intercept: 0.1, slope: 10, late: 4 };
const STEPS_MAX = 25;

/** `knowsLate`: with it, two more parameters. */
export function createBaseRecalibration(knowsLate: boolean): BaseRecalibration {
  const rows = new Float64Array(CELLS * LATE_CLASSES);
  const bads = new Float64Array(CELLS * LATE_CLASSES);
  const sums = new Float64Array(CELLS * LATE_CLASSES);
  let defaults = 0;
  return {
    add(base, late, defaulted) {
      const place = Math.floor((base - CELL_LOW) / CELL_WIDTH);
      const cell = Math.min(Math.max(place, 0), CELLS - 1) * LATE_CLASSES + late;
      rows[cell] = get(rows, cell) + 1;
      bads[cell] = get(bads, cell) + defaulted;
      sums[cell] = get(sums, cell) + base;
      defaults += defaulted;
    },
    defaults: () => defaults,
    fit: () => fitLine({ rows, bads, sums }, knowsLate ? 4 : 2),
  };
}

interface Cells {
  readonly rows: Float64Array;
  readonly bads: Float64Array;
  readonly sums: Float64Array;
}

/** Newton's method from "the base score is right"; the prior keeps it defined for any history. */
function fitLine(cells: Cells, size: number): BaseLine {
  let line = [0, 1, 0, 0];
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const { gradient, hessian } = sumUp(cells, line, size);
    const change = solve(hessian, gradient, size);
    line = line.map((value, index) => value + (change[index] ?? 0));
    if (change.every((value) => Math.abs(value) < 1e-10)) break;
  }
  const [intercept = 0, slope = 1, one = 0, more = 0] = line;
  return { intercept, slope, late: [0, one, more] };
}

function sumUp(cells: Cells, line: readonly number[], size: number) {
  const [intercept = 0, slope = 1, one = 0, more = 0] = line;
  const gradient = [-PRIOR.intercept * intercept, -PRIOR.slope * (slope - 1), -PRIOR.late * one, -PRIOR.late * more];
  const hessian = new Float64Array(16);
  [PRIOR.intercept, PRIOR.slope, PRIOR.late, PRIOR.late].forEach((weight, index) => {
    hessian[index * 5] = weight;
  });
  const inputs = new Float64Array(4);
  for (let cell = 0; cell < cells.rows.length; cell += 1) {
    const rows = get(cells.rows, cell);
    if (rows === 0) continue;
    const late = cell % LATE_CLASSES;
    inputs[0] = 1;
    inputs[1] = get(cells.sums, cell) / rows;
    inputs[2] = late === 1 ? 1 : 0;
    inputs[3] = late === 2 ? 1 : 0;
    const logOdds = intercept + slope * get(inputs, 1) + (late === 1 ? one : late === 2 ? more : 0);
    const chance = 1 / (1 + Math.exp(-logOdds));
    const gap = get(cells.bads, cell) - rows * chance;
    const weight = rows * chance * (1 - chance);
    for (let i = 0; i < size; i += 1) {
      gradient[i] = (gradient[i] ?? 0) + gap * get(inputs, i);
      for (let j = 0; j < size; j += 1) {
        hessian[i * 4 + j] = get(hessian, i * 4 + j) + weight * get(inputs, i) * get(inputs, j);
      }
    }
  }
  return { gradient, hessian };
}

/** Gaussian elimination; the prior on the diagonal keeps every pivot positive. */
function solve(matrix: Float64Array, right: readonly number[], size: number): number[] {
  const values = right.slice(0, size);
  for (let pivot = 0; pivot < size; pivot += 1) {
    const top = get(matrix, pivot * 5);
    assert(top > 0, 'the prior keeps every pivot positive');
    for (let row = pivot + 1; row < size; row += 1) {
      const factor = get(matrix, row * 4 + pivot) / top;
      for (let column = pivot; column < size; column += 1) {
        matrix[row * 4 + column] = get(matrix, row * 4 + column) - factor * get(matrix, pivot * 4 + column);
      }
      values[row] = (values[row] ?? 0) - factor * (values[pivot] ?? 0);
    }
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    let rest = values[row] ?? 0;
    for (let column = row + 1; column < size; column += 1)
      rest -= get(matrix, row * 4 + column) * (values[column] ?? 0);
    values[row] = rest / get(matrix, row * 5);
  }
  return values;
}

function get(values: Float64Array, index: number): number {
  return values[index] ?? Number.NaN;
}
