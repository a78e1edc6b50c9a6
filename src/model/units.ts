// Log-odds as whole units of their last decimal: sums are exact in any order, and no direction can break by rounding.

/** Units in one of log-odds. */
export const UNITS = 10_000;

export function toUnits(logOdds: number): number {
  return Math.round(logOdds * UNITS);
}

/** Where each of several runs begins when they are laid end to end; the last entry is where all of them end. */
export function startsOf(lengths: readonly number[]): Int32Array {
  const starts = new Int32Array(lengths.length + 1);
  lengths.forEach((length, index) => {
    starts[index + 1] = (starts[index] ?? 0) + length;
  });
  return starts;
}
