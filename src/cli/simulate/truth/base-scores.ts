// The real ledger under the simulated feelings: what the additive card that shipped on 2026-11-22 says about the 6,000 card holders of
// the Taiwan data that it never saw (rows `test20`), and who of them defaulted. Kept as counts, so that a simulated lender needs no
// data file, and not made anew with each model, so that a seed stays the same history. UCI 350, I-Cheng Yeh,
// https://doi.org/10.24432/C55S3H, CC BY 4.0; derived.

import type { SeededRandom } from '../../../lib/seeded-random.ts';
import { priorShift } from '../../../model/index.ts';

/** Share of defaults in the Taiwan data. */
const TAIWAN_RATE = 0.2212;

/** Never late in six months, one month late, two or more; each cell: tenths of log-odds, who paid, who defaulted. */
export const BASE_SCORES = [
  '-41:1:0 -40:1:0 -39:1:0 -38:3:1 -37:7:0 -36:10:0 -35:19:0 -34:17:1 -33:35:1 -32:28:1 -31:51:1 -30:66:1 ' +
    '-29:72:2 -28:103:3 -27:122:7 -26:165:19 -25:226:22 -24:273:20 -23:312:35 -22:271:27 -21:300:42 -20:275:38 ' +
    '-19:246:45 -18:264:55 -17:200:44 -16:164:42 -15:104:22 -14:68:19 -13:37:13 -12:15:4 -11:4:1 -10:5:3 ' +
    '-9:47:27 -8:19:8',
  '-27:1:0 -26:1:0 -24:5:1 -23:3:0 -22:1:0 -21:2:0 -20:5:1 -19:0:1 -18:9:0 -17:5:1 -16:6:3 -15:20:2 -14:27:6 ' +
    '-13:38:10 -12:28:6 -11:8:5 -10:6:1 -9:2:0 -8:1:0 -7:1:0 -5:64:39',
  '-26:1:0 -25:2:0 -24:1:0 -23:2:0 -22:4:0 -21:4:0 -20:9:1 -19:12:2 -18:18:5 -17:21:5 -16:25:1 -15:28:5 ' +
    '-14:47:5 -13:37:3 -12:43:8 -11:40:13 -10:38:14 -9:37:13 -8:37:12 -7:37:19 -6:32:17 -5:29:25 -4:47:35 ' +
    '-3:31:18 -2:30:22 -1:30:23 0:24:18 1:19:30 2:24:31 3:24:23 4:17:27 5:16:28 6:15:30 7:16:22 8:13:32 ' +
    '9:21:36 10:16:41 11:16:37 12:10:43 13:14:32 14:9:14 15:5:17 16:5:9 17:1:5 18:1:6 19:1:6 20:0:8 21:0:4 ' +
    '22:0:1 23:0:1',
] as const;

export interface BaseDraw {
  /** Log-odds of default at the lender's rate, on which nothing emotional has a bearing. */
  logOdds: number;
  /** 0, 1 or 2, as the gate counts it. */
  late: number;
}

/** Fills `into` with a card holder who did, or did not, default. */
export type DrawBase = (defaulted: boolean, random: SeededRandom, into: BaseDraw) => void;

interface Cell {
  readonly logOdds: number;
  readonly late: number;
  readonly paid: number;
  readonly defaulted: number;
}

export function createBaseDraw(lenderRate: number): DrawBase {
  const cells = BASE_SCORES.flatMap(parseCells);
  const shift = priorShift(TAIWAN_RATE, lenderRate);
  const paid = spreadOut(cells, (cell) => cell.paid);
  const bad = spreadOut(cells, (cell) => cell.defaulted);
  return (defaulted, random, into) => {
    const from = defaulted ? bad : paid;
    const cell = cells[from[Math.floor(random() * from.length)] ?? 0];
    into.logOdds = (cell?.logOdds ?? 0) + (random() - 0.5) / 10 + shift;
    into.late = cell?.late ?? 0;
  };
}

export function parseCells(text: string, late: number): Cell[] {
  return text.split(' ').map((cell) => {
    const [tenths = 0, paid = 0, defaulted = 0] = cell.split(':').map(Number);
    return { logOdds: tenths / 10, late, paid, defaulted };
  });
}

/** One place per card holder, so that a draw is one look. */
function spreadOut(cells: readonly Cell[], countOf: (cell: Cell) => number): Uint16Array {
  return Uint16Array.from(cells.flatMap((cell, index) => Array.from({ length: countOf(cell) }, () => index)));
}
