// Bins that say the same made one: the two closest neighbours, again and again, while they differ by less than a bound.
// Keeps any direction, and leaves bins of special codes alone.

export interface MergeBin {
  logOdds: number;
  rows: number;
  /** Upper cut; null for the last bin. */
  cut: number | null;
  /** Never merged. */
  isFixed: boolean;
}

export function mergeNeighbours(bins: MergeBin[], below: number): void {
  for (;;) {
    let closest = -1;
    let gap = below;
    for (let index = 0; index + 1 < bins.length; index += 1) {
      if (bins[index]?.isFixed || bins[index + 1]?.isFixed) continue;
      const between = Math.abs((bins[index + 1]?.logOdds ?? 0) - (bins[index]?.logOdds ?? 0));
      if (between < gap) {
        closest = index;
        gap = between;
      }
    }
    const left = bins[closest];
    const right = bins[closest + 1];
    if (left === undefined || right === undefined) return;
    const rows = left.rows + right.rows;
    const logOdds = rows === 0 ? left.logOdds : (left.logOdds * left.rows + right.logOdds * right.rows) / rows;
    bins.splice(closest, 2, { logOdds, rows, cut: right.cut, isFixed: false });
  }
}
