// Cuts one feature into bins, by its values alone (the outcome is never looked at): every value its own bin while there
// are few, quantiles when there are many. Missing values have a bin of their own behind the others.
import { roundTo } from '../metrics.ts';
import { CUT_DECIMALS } from '../scorecard.ts';

export interface BinnedFeature {
  readonly cuts: Float64Array;
  /** Bin of every row; `cuts.length + 1` is the missing bin. */
  readonly bins: Uint8Array;
}

/** At most `binsMax` bins beside the missing one, each with at least `rowsMin` rows where there are that many. */
export function binFeature(values: Float64Array, binsMax: number, rowsMin: number): BinnedFeature {
  const cuts = chooseCuts(values.filter((value) => !Number.isNaN(value)).sort(), binsMax, rowsMin);
  const bins = Uint8Array.from(values, (value) => (Number.isNaN(value) ? cuts.length + 1 : binOf(cuts, value)));
  return { cuts, bins };
}

function chooseCuts(sorted: Float64Array, binsMax: number, rowsMin: number): Float64Array {
  const cuts: number[] = [];
  const rowsPerBin = countDistinct(sorted) > binsMax ? sorted.length / binsMax : 0;
  let due = rowsPerBin;
  let begun = 0;
  for (let place = 1; place < sorted.length; place += 1) {
    const below = sorted[place - 1] ?? Number.NaN;
    const above = sorted[place] ?? Number.NaN;
    if (place < due || place - begun < rowsMin || sorted.length - place < rowsMin) continue;
    // Rounded here, before any row is binned, so that the artefact's cut and the one trained on are one number.
    const cut = roundTo((below + above) / 2, CUT_DECIMALS);
    if (!(below < cut && cut <= above)) continue;
    cuts.push(cut);
    begun = place;
    if (rowsPerBin > 0) due = (Math.floor(place / rowsPerBin) + 1) * rowsPerBin;
  }
  return Float64Array.from(cuts);
}

function countDistinct(sorted: Float64Array): number {
  let distinct = 0;
  for (let place = 0; place < sorted.length; place += 1) if (sorted[place] !== sorted[place - 1]) distinct += 1;
  return distinct;
}

/** How many cuts are at or below the value. */
function binOf(cuts: Float64Array, value: number): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value >= (cuts[middle] ?? Number.NaN)) low = middle + 1;
    else high = middle;
  }
  return low;
}
