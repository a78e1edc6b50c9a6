// What one month of outcomes says about the block. Rows are compared only with rows like them: same month, same group,
// equally late, about the same base risk. In each such cell the two models expect the same number of defaults, and only
// *who* of them defaulted speaks. So neither the level of the base score, nor what lateness or a group explains, nor that
// people share at all can pass for evidence.
import type { BaseLine } from './base-recalibration.ts';
import { type GateOutcomes, LATE_CLASSES } from './gate-outcomes.ts';

/** Sums per group; they add up over months. */
export interface GroupSums {
  readonly rows: Float64Array;
  readonly defaults: Float64Array;
  /** Nats gained inside the group. */
  readonly gain: Float64Array;
  /** Of the block's log-odds against everybody of the same risk: sum and sum of squares. */
  readonly offset: Float64Array;
  readonly offset2: Float64Array;
  readonly expectedWithout: Float64Array;
  /** With the block, less what it adds to everybody of the same risk: a level is the base score's business. */
  readonly expectedWith: Float64Array;
  readonly variance: Float64Array;
}

export interface MonthEvidence {
  /** Of customers the block speaks of. */
  readonly rows: number;
  readonly defaults: number;
  /** Nats: log-loss of the base score minus that with the block, cell by cell on the same level. */
  readonly gain: number;
  /** The same as the block would be used, level shift and all. */
  readonly usedGain: number;
  readonly groups: GroupSums;
}

/** Log-odds of the two models for every row, filled month by month. */
export interface ScoredRows {
  readonly withoutBlock: Float64Array;
  readonly withBlock: Float64Array;
}

/** A cell should hold about this many rows; more of them would cost evidence, fewer would compare unlike risks. */
const ROWS_PER_BIN = 100;
const BINS_MAX = 10;

export function weighMonth(outcomes: GateOutcomes, month: number, line: BaseLine, scored: ScoredRows): MonthEvidence {
  const { base, block, late, monthFrom } = outcomes;
  const from = monthFrom[month] ?? 0;
  const to = monthFrom[month + 1] ?? from;
  const speaking = new Int32Array(to - from);
  let count = 0;
  for (let row = from; row < to; row += 1) {
    const logOdds = line.intercept + line.slope * get(base, row) + (line.late[get(late, row)] ?? 0);
    scored.withoutBlock[row] = logOdds;
    scored.withBlock[row] = logOdds + get(block, row);
    if (get(block, row) === 0) continue;
    speaking[count] = row;
    count += 1;
  }
  return weighRows(outcomes, speaking.subarray(0, count), scored);
}

function weighRows(outcomes: GateOutcomes, rows: Int32Array, scored: ScoredRows): MonthEvidence {
  const { block, defaulted, group } = outcomes;
  const cells = assignCells(outcomes, rows, scored.withoutBlock);
  const centre = centreCells(outcomes, rows, cells, scored.withoutBlock);
  const groups = makeGroupSums(outcomes.groups?.length ?? 1);
  let defaults = 0;
  let gain = 0;
  let usedGain = 0;
  for (let place = 0; place < rows.length; place += 1) {
    const row = get(rows, place);
    const bad = get(defaulted, row);
    const felt = get(block, row);
    const logOdds = get(scored.withoutBlock, row);
    const chance = get(centre.chances, place);
    const before = chance < 0.999 ? -Math.log(1 - chance) : softplus(logOdds);
    const shift = felt - get(centre.shift, get(cells.cell, place));
    const won = bad * shift - (softplus(logOdds + shift) - before);
    const g = get(group, row);
    defaults += bad;
    gain += won;
    usedGain += bad * felt - (softplus(logOdds + felt) - before);
    add(groups.rows, g, 1);
    add(groups.defaults, g, bad);
    add(groups.gain, g, won);
    const offset = felt - get(centre.everybody, get(cells.likeRisk, place));
    add(groups.offset, g, offset);
    add(groups.offset2, g, offset * offset);
    add(groups.expectedWithout, g, chance);
    add(groups.expectedWith, g, 1 / (1 + Math.exp(-logOdds - offset)));
    add(groups.variance, g, chance * (1 - chance));
  }
  return { rows: rows.length, defaults, gain, usedGain, groups };
}

interface Cells {
  /** Group, lateness and base risk of each speaking row. */
  readonly cell: Int32Array;
  /** The same without the group. */
  readonly likeRisk: Int32Array;
  readonly cells: number;
  readonly risks: number;
}

function assignCells({ late, group, groups }: GateOutcomes, rows: Int32Array, logOdds: Float64Array): Cells {
  const bins = Math.min(Math.max(Math.round(rows.length / ROWS_PER_BIN), 1), BINS_MAX);
  const sorted = new Float64Array(rows.length);
  for (let place = 0; place < rows.length; place += 1) sorted[place] = get(logOdds, get(rows, place));
  sorted.sort();
  const edges = Float64Array.from({ length: bins - 1 }, (_, edge) =>
    get(sorted, Math.floor(((edge + 1) * rows.length) / bins)),
  );
  const risks = bins * LATE_CLASSES;
  const cell = new Int32Array(rows.length);
  const likeRisk = new Int32Array(rows.length);
  for (let place = 0; place < rows.length; place += 1) {
    const row = get(rows, place);
    const value = get(logOdds, row);
    let bin = 0;
    while (bin < edges.length && value >= get(edges, bin)) bin += 1;
    const risk = bin * LATE_CLASSES + get(late, row);
    likeRisk[place] = risk;
    cell[place] = get(group, row) * risks + risk;
  }
  return { cell, likeRisk, cells: risks * Math.max(groups?.length ?? 1, 1), risks };
}

interface Centre {
  readonly shift: Float64Array;
  readonly everybody: Float64Array;
  /** Of each speaking row, without the block. */
  readonly chances: Float64Array;
}

/** Per cell the shift that leaves the expected number of defaults as it is; per risk the plain mean of the block. */
function centreCells(
  { block }: GateOutcomes,
  rows: Int32Array,
  { cell, likeRisk, cells, risks }: Cells,
  logOdds: Float64Array,
): Centre {
  const weights = new Float64Array(cells);
  const shift = new Float64Array(cells);
  const excess = new Float64Array(cells);
  const counts = new Float64Array(risks);
  const everybody = new Float64Array(risks);
  const chances = new Float64Array(rows.length);
  for (let place = 0; place < rows.length; place += 1) {
    const row = get(rows, place);
    const chance = 1 / (1 + Math.exp(-get(logOdds, row)));
    const weight = chance * (1 - chance);
    chances[place] = chance;
    add(weights, get(cell, place), weight);
    add(shift, get(cell, place), weight * get(block, row));
    add(counts, get(likeRisk, place), 1);
    add(everybody, get(likeRisk, place), get(block, row));
  }
  divide(shift, weights);
  divide(everybody, counts);
  // The weighted mean is right to first order; one Newton step takes out the curvature.
  for (let place = 0; place < rows.length; place += 1) {
    const row = get(rows, place);
    const moved = get(logOdds, row) + get(block, row) - get(shift, get(cell, place));
    add(excess, get(cell, place), 1 / (1 + Math.exp(-moved)) - get(chances, place));
  }
  divide(excess, weights);
  excess.forEach((value, index) => {
    add(shift, index, value);
  });
  return { shift, everybody, chances };
}

export function makeGroupSums(groups: number): GroupSums {
  const zeros = () => new Float64Array(groups);
  return {
    rows: zeros(),
    defaults: zeros(),
    gain: zeros(),
    offset: zeros(),
    offset2: zeros(),
    expectedWithout: zeros(),
    expectedWith: zeros(),
    variance: zeros(),
  };
}

export function addGroupSums(to: GroupSums, from: GroupSums): void {
  for (const name of Object.keys(to) as (keyof GroupSums)[]) {
    from[name].forEach((value, index) => {
      add(to[name], index, value);
    });
  }
}

/** ln(1 + e^x), without overflow. */
function softplus(x: number): number {
  return x > 0 ? x + Math.log(1 + Math.exp(-x)) : Math.log(1 + Math.exp(x));
}

function divide(sums: Float64Array, by: Float64Array): void {
  for (let index = 0; index < sums.length; index += 1) {
    const divisor = get(by, index);
    sums[index] = divisor > 0 ? get(sums, index) / divisor : 0;
  }
}

function add(values: Float64Array, index: number, value: number): void {
  values[index] = get(values, index) + value;
}

function get(values: Float64Array | Int32Array | Uint8Array, index: number): number {
  return values[index] ?? Number.NaN;
}
