// Rows in ten parts of equal count, by rising risk: what calibration and lift are drawn from.
import { sigmoid } from './base-rate.ts';
import { roundTo } from './round-to.ts';
import { METRIC_DECIMALS } from './scorecard.ts';

const PARTS = 10;

export interface Tenth {
  readonly rows: number;
  readonly defaults: number;
  readonly meanProbability: number;
}

export function cutIntoTenths(logOdds: Float64Array, target: Uint8Array): Tenth[] {
  const order = Uint32Array.from(logOdds.keys()).sort(
    (one, other) => (logOdds[one] ?? 0) - (logOdds[other] ?? 0) || one - other,
  );
  return Array.from({ length: PARTS }, (_, part) => {
    const rows = order.subarray(
      Math.floor((part * order.length) / PARTS),
      Math.floor(((part + 1) * order.length) / PARTS),
    );
    let defaults = 0;
    let sum = 0;
    for (const row of rows) {
      defaults += target[row] ?? 0;
      sum += sigmoid(logOdds[row] ?? 0);
    }
    return { rows: rows.length, defaults, meanProbability: roundTo(sum / Math.max(rows.length, 1), METRIC_DECIMALS) };
  });
}
