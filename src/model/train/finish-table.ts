// From a boosted table to one a person reads: centred on the training rows, neighbours that say the same merged,
// numbers rounded, and an honest entry for a missing value that training never met.
import { roundTo } from '../metrics.ts';
import { type FeatureTable, LOG_ODDS_DECIMALS } from '../scorecard.ts';
import type { FeatureSpec } from '../training-spec.ts';
import type { BinnedFeature } from './bin-feature.ts';

interface Bin {
  logOdds: number;
  rows: number;
  /** Upper cut; null for the last bin. */
  cut: number | null;
}

export interface FinishedTable {
  readonly table: FeatureTable;
  /** What centring took out of the table; it belongs into the intercept. */
  readonly meanLogOdds: number;
}

export function finishTable(
  spec: FeatureSpec,
  binned: BinnedFeature,
  logOdds: Float64Array,
  mergeBelowLogOdds: number,
): FinishedTable {
  const rows = countRows(binned);
  const missingBin = binned.cuts.length + 1;
  const meanLogOdds = rows.reduce((sum, count, bin) => sum + count * (logOdds[bin] ?? 0), 0) / binned.bins.length;
  const bins: Bin[] = Array.from({ length: missingBin }, (_, bin) => ({
    logOdds: (logOdds[bin] ?? 0) - meanLogOdds,
    rows: rows[bin] ?? 0,
    cut: binned.cuts[bin] ?? null,
  }));
  mergeNeighbours(bins, mergeBelowLogOdds);
  const table = {
    name: spec.name,
    monotone: spec.monotone,
    monotoneFrom: spec.monotoneFrom ?? null,
    cuts: bins.flatMap((bin) => (bin.cut === null ? [] : [bin.cut])),
    logOdds: bins.map((bin) => roundTo(bin.logOdds, LOG_ODDS_DECIMALS)),
    rows: bins.map((bin) => bin.rows),
  };
  const missingRows = rows[missingBin] ?? 0;
  const missingLogOdds =
    missingRows > 0 ? roundTo((logOdds[missingBin] ?? 0) - meanLogOdds, LOG_ODDS_DECIMALS) : unseenMissing(spec, table);
  return { table: { ...table, missingLogOdds, missingRows }, meanLogOdds };
}

/**
 * Training had no row without this value: missing counts as the average customer, never as a good one. Where the ledger
 * gives a value as soon as something bad was seen, missing means that nothing was, and must not cost more than the
 * first bad value.
 */
function unseenMissing(spec: FeatureSpec, table: Pick<FeatureTable, 'cuts' | 'logOdds'>): number {
  const ceiling = spec.missingAtMostLike;
  if (ceiling === undefined) return 0;
  const bin = table.cuts.filter((cut) => cut <= ceiling).length;
  return Math.min(0, table.logOdds[bin] ?? 0);
}

function countRows(binned: BinnedFeature): Uint32Array {
  const rows = new Uint32Array(binned.cuts.length + 2);
  for (const bin of binned.bins) rows[bin] = (rows[bin] ?? 0) + 1;
  return rows;
}

/** Merges the two closest neighbours, again and again, while they differ by less than `below`. Keeps any direction. */
function mergeNeighbours(bins: Bin[], below: number): void {
  for (;;) {
    let closest = -1;
    let gap = below;
    for (let index = 0; index + 1 < bins.length; index += 1) {
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
    bins.splice(closest, 2, { logOdds, rows, cut: right.cut });
  }
}
