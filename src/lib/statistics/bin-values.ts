// Counts values into the bins of a table: bin i holds cuts[i-1] <= x < cuts[i], the last one what is missing.

export function countIntoBins(cuts: readonly number[], values: Iterable<number>): number[] {
  const counts = new Array<number>(cuts.length + 2).fill(0);
  for (const value of values) {
    const bin = Number.isNaN(value) ? cuts.length + 1 : countCutsUpTo(cuts, value);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

export function countCutsUpTo(cuts: readonly number[], value: number): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value >= (cuts[middle] ?? Number.NaN)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** At most `bins - 1` rising cuts that part the values into bins of about one size. */
export function cutIntoQuantiles(values: readonly number[], bins: number): number[] {
  const sorted = Float64Array.from(values).sort();
  const cuts = new Set<number>();
  for (let bin = 1; bin < bins; bin += 1) {
    const cut = sorted[Math.floor((bin * sorted.length) / bins)];
    // A cut at the lowest value would leave nothing below it.
    if (cut !== undefined && cut > (sorted[0] ?? Number.NaN)) cuts.add(cut);
  }
  return [...cuts];
}
