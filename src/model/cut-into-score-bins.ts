// Where the training rows' scores lie: bins of equal count, so that the scores of later customers can be held against
// them. In log-odds of the finished artefact, before any shift to a lender's base rate.
import { roundTo } from './round-to.ts';
import { LOG_ODDS_DECIMALS } from './scorecard.ts';

const BINS = 20;

export interface ScoreBins {
  /** Rising; bin i holds cuts[i-1] <= log-odds < cuts[i]. */
  readonly cuts: number[];
  /** Training rows in each: one more than there are cuts. */
  readonly rows: number[];
}

export function cutIntoScoreBins(logOdds: Float64Array): ScoreBins {
  const sorted = Float64Array.from(logOdds).sort();
  const cuts: number[] = [];
  const rows: number[] = [];
  let begun = 0;
  for (let part = 1; part < BINS; part += 1) {
    const cut = roundTo(sorted[Math.floor((part * sorted.length) / BINS)] ?? Number.NaN, LOG_ODDS_DECIMALS);
    const place = sorted.findIndex((value) => value >= cut);
    if (place <= begun) continue;
    cuts.push(cut);
    rows.push(place - begun);
    begun = place;
  }
  return { cuts, rows: [...rows, sorted.length - begun] };
}
