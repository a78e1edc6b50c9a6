// A lender's own outcomes as the gate reads them: one row per customer and window, as flat arrays ordered by the month in
// which the window ended. Inside a month rows are put into an order of their own, so that the order they came in changes no
// bit of the result.
import { assert } from '../../lib/assert.ts';

/** 0: never late in the window; 1: one month; 2: two months or more. */
export const LATE_CLASSES = 3;

/** Customers whose group nobody told: never a group of its own. */
export const UNLABELLED = 'unlabelled';

export interface GateOutcomes {
  /** In which windows ended. Months since year 0, rising: 12 * year + month - 1. */
  readonly months: readonly number[];
  /** Rows of month m are monthFrom[m] .. monthFrom[m + 1]. */
  readonly monthFrom: Int32Array;
  /** Log-odds of default without emotion, as they stood at the decision. */
  readonly base: Float64Array;
  /** Log-odds of the emotion block; exactly 0 where it had nothing to say. */
  readonly block: Float64Array;
  readonly defaulted: Uint8Array;
  readonly late: Uint8Array;
  /** False: nobody said how late customers were, and `late` is 0 throughout. */
  readonly knowsLate: boolean;
  readonly group: Uint8Array;
  /** Null: no labels were given. */
  readonly groups: readonly string[] | null;
  /** The earliest month in which a window began; null where there are no rows. */
  readonly beganMonth: number | null;
  /** Models whose log-odds the rows hold, by name; null: nobody said. */
  readonly modelVersions: readonly string[] | null;
}

export interface OutcomeRow {
  readonly month: number;
  readonly windowMonths: number;
  readonly base: number;
  readonly block: number;
  readonly defaulted: boolean;
  readonly late: number;
  readonly group: string;
  readonly modelVersion: string;
}

export interface OutcomeColumns {
  readonly knowsLate: boolean;
  readonly hasGroups: boolean;
  readonly hasModelVersions: boolean;
}

export function orderOutcomes(rows: readonly OutcomeRow[], columns: OutcomeColumns): GateOutcomes {
  const groups = columns.hasGroups ? [...new Set(rows.map((row) => row.group))].sort() : null;
  assert(groups === null || groups.length <= 256, 'at most 256 groups');
  const indexOfGroup = new Map(groups?.map((name, index) => [name, index]) ?? []);
  const ordered = rows.toSorted(compareRows);
  const months = [...new Set(ordered.map((row) => row.month))];
  const monthFrom = new Int32Array(months.length + 1);
  months.forEach((month, index) => {
    monthFrom[index + 1] = (monthFrom[index] ?? 0) + ordered.filter((row) => row.month === month).length;
  });
  return {
    months,
    monthFrom,
    base: Float64Array.from(ordered, (row) => row.base),
    block: Float64Array.from(ordered, (row) => row.block),
    defaulted: Uint8Array.from(ordered, (row) => (row.defaulted ? 1 : 0)),
    late: Uint8Array.from(ordered, (row) => Math.min(Math.max(row.late, 0), LATE_CLASSES - 1)),
    knowsLate: columns.knowsLate,
    group: Uint8Array.from(ordered, (row) => indexOfGroup.get(row.group) ?? 0),
    groups,
    beganMonth: rows.reduce<number | null>(earliestBeginning, null),
    modelVersions: columns.hasModelVersions ? [...new Set(rows.map((row) => row.modelVersion))].sort() : null,
  };
}

function earliestBeginning(earliest: number | null, { month, windowMonths }: OutcomeRow): number {
  return Math.min(earliest ?? Number.POSITIVE_INFINITY, month - windowMonths);
}

function compareRows(one: OutcomeRow, other: OutcomeRow): number {
  return (
    one.month - other.month ||
    one.base - other.base ||
    one.block - other.block ||
    Number(one.defaulted) - Number(other.defaulted) ||
    one.late - other.late ||
    (one.group < other.group ? -1 : one.group > other.group ? 1 : 0)
  );
}

/** In which an instant lies, in UTC. */
export function monthOf(atMs: number): number {
  const at = new Date(atMs);
  return 12 * at.getUTCFullYear() + at.getUTCMonth();
}

/** '2026-03' -> months since year 0; null where it is no month. */
export function parseMonth(text: string): number | null {
  const found = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text);
  return found === null ? null : Number(found[1]) * 12 + Number(found[2]) - 1;
}

export function formatMonth(month: number): string {
  return `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`;
}

/** The instant at which a month is over. */
export function endOfMonthMs(month: number): number {
  return Date.UTC(Math.floor(month / 12), (month % 12) + 1, 1);
}

export function startOfMonthMs(month: number): number {
  return endOfMonthMs(month - 1);
}
