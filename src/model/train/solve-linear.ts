// Solves a small system of linear equations by elimination with pivots. The matrix is used up.

export function solveLinear(matrix: Float64Array[], right: Float64Array): Float64Array {
  const size = right.length;
  const solution = Float64Array.from(right);
  for (let column = 0; column < size; column += 1) {
    const pivot = pivotOf(matrix, column);
    [matrix[column], matrix[pivot]] = [matrix[pivot] as Float64Array, matrix[column] as Float64Array];
    [solution[column], solution[pivot]] = [solution[pivot] as number, solution[column] as number];
    const line = matrix[column] as Float64Array;
    for (let row = column + 1; row < size; row += 1) {
      const other = matrix[row] as Float64Array;
      const factor = (other[column] as number) / (line[column] as number);
      for (let place = column; place < size; place += 1) {
        other[place] = (other[place] as number) - factor * (line[place] as number);
      }
      solution[row] = (solution[row] as number) - factor * (solution[column] as number);
    }
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    const line = matrix[row] as Float64Array;
    let rest = solution[row] as number;
    for (let place = row + 1; place < size; place += 1) rest -= (line[place] as number) * (solution[place] as number);
    solution[row] = rest / (line[row] as number);
  }
  return solution;
}

function pivotOf(matrix: readonly Float64Array[], column: number): number {
  let best = column;
  for (let row = column + 1; row < matrix.length; row += 1) {
    if (Math.abs(matrix[row]?.[column] ?? 0) > Math.abs(matrix[best]?.[column] ?? 0)) best = row;
  }
  return best;
}
