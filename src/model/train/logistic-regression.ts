// Logistic regression by Newton's method on standardised columns with a light ridge: the baseline that every model is
// shown beside.
import { sigmoid } from '../base-rate.ts';
import { solveLinear } from './solve-linear.ts';

const RIDGE = 1;
const STEPS = 25;

/** Hands back the log-odds of a row. */
export function fitLogisticRegression(
  rows: readonly Float64Array[],
  target: Uint8Array,
): (row: Float64Array) => number {
  const { means, deviations } = standardise(rows);
  const scaled = (row: Float64Array) =>
    Float64Array.from([1, ...Array.from(row, (value, column) => (value - at(means, column)) / at(deviations, column))]);
  const inputs = rows.map(scaled);
  const weights = new Float64Array((rows[0]?.length ?? 0) + 1);
  for (let step = 0; step < STEPS; step += 1) {
    const moves = newtonStep(inputs, target, weights);
    moves.forEach((move, index) => {
      weights[index] = at(weights, index) + move;
    });
    if (moves.every((move) => Math.abs(move) < 1e-8)) break;
  }
  return (row) => dot(weights, scaled(row));
}

function standardise(rows: readonly Float64Array[]): { means: Float64Array; deviations: Float64Array } {
  const columns = rows[0]?.length ?? 0;
  const means = new Float64Array(columns);
  const deviations = new Float64Array(columns);
  for (let column = 0; column < columns; column += 1) {
    let sum = 0;
    for (const row of rows) sum += at(row, column);
    const mean = sum / rows.length;
    let squares = 0;
    for (const row of rows) squares += (at(row, column) - mean) * (at(row, column) - mean);
    means[column] = mean;
    deviations[column] = Math.sqrt(squares / rows.length) || 1;
  }
  return { means, deviations };
}

function newtonStep(inputs: readonly Float64Array[], target: Uint8Array, weights: Float64Array): Float64Array {
  const size = weights.length;
  const gradient = Float64Array.from(weights, (weight, index) => (index === 0 ? 0 : -RIDGE * weight));
  const curvature = Array.from({ length: size }, (_, index) => {
    const line = new Float64Array(size);
    line[index] = index === 0 ? 0 : RIDGE;
    return line;
  });
  inputs.forEach((input, row) => {
    const p = sigmoid(dot(weights, input));
    const gap = (target[row] ?? 0) - p;
    for (let one = 0; one < size; one += 1) {
      gradient[one] = at(gradient, one) + gap * at(input, one);
      const line = curvature[one] as Float64Array;
      const weighted = p * (1 - p) * at(input, one);
      for (let other = 0; other < size; other += 1) line[other] = at(line, other) + weighted * at(input, other);
    }
  });
  return solveLinear(curvature, gradient);
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < one.length; index += 1) sum += at(one, index) * at(other, index);
  return sum;
}

function at(values: Float64Array, index: number): number {
  return values[index] as number;
}
