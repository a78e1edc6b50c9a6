// Decimal rounding without `**`, which differs between Node versions.

/** Rounds to `decimals` places; never -0, which JSON writes as 0. */
export function roundTo(value: number, decimals: number): number {
  let scale = 1;
  for (let place = 0; place < decimals; place += 1) scale *= 10;
  return Math.round(value * scale) / scale + 0;
}
