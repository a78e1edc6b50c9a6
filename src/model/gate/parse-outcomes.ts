// A lender's outcomes from CSV records, refused by line and column where they cannot be read. The block's word is computed
// here from what was measured, so that nobody has to trust a figure from elsewhere, and no customer counts twice at a time.
import type { EmotionFeatures } from '../../affect/index.ts';
import { OUTCOME_WINDOW_MONTHS_MAX } from '../../events/outcome-event.ts';
import { DAY_MS } from '../../lib/clock.ts';
import { EcsError } from '../../lib/errors.ts';
import { emotionLogOdds } from '../emotion-block.ts';
import type { EmotionBlock } from '../scorecard.ts';
import { FELT_COLUMNS } from './felt-cells.ts';
import {
  formatMonth,
  type GateOutcomes,
  type OutcomeRow,
  orderOutcomes,
  parseMonth,
  UNLABELLED,
} from './gate-outcomes.ts';

export type OutcomeRecord = Readonly<Record<string, string>>;

const CUSTOMER_COLUMN = 'customer_id';
const REQUIRED = [CUSTOMER_COLUMN, 'month', 'window_months', 'base_log_odds', 'defaulted', ...FELT_COLUMNS];
const LATE_COLUMN = 'months_past_due';
const MODEL_COLUMN = 'model_version';
const GROUPS_MAX = 256;

export interface OutcomesSource {
  /** Only names the file in errors. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly groupColumn: string | null;
}

export function parseOutcomes(
  records: readonly OutcomeRecord[],
  source: OutcomesSource,
  block: EmotionBlock,
): GateOutcomes {
  requireColumns(source);
  const knowsLate = source.columns.includes(LATE_COLUMN);
  const hasModelVersions = source.columns.includes(MODEL_COLUMN);
  const rows = records.map((record, index): CustomerRow => {
    // The header is line 1.
    const cells = createCells(record, { name: source.name, line: index + 2 });
    return {
      line: index + 2,
      customerId: cells.text(CUSTOMER_COLUMN, 'a customer id'),
      month: cells.month('month'),
      windowMonths: cells.wholeNumber('window_months', 1, OUTCOME_WINDOW_MONTHS_MAX),
      base: cells.number('base_log_odds', -50, 50),
      defaulted: cells.yesNo('defaulted'),
      block: featuresToBlock(cells, block),
      late: knowsLate ? cells.number(LATE_COLUMN, 0, 1_000) : 0,
      group: source.groupColumn === null ? '' : record[source.groupColumn] || UNLABELLED,
      modelVersion: hasModelVersions ? cells.text(MODEL_COLUMN, 'the name of a model') : '',
    };
  });
  refuseManyGroups(rows, source);
  refuseOverlaps(rows, source.name);
  return orderOutcomes(rows, { knowsLate, hasGroups: source.groupColumn !== null, hasModelVersions });
}

interface CustomerRow extends OutcomeRow {
  readonly line: number;
  readonly customerId: string;
}

function requireColumns({ name, columns, groupColumn }: OutcomesSource): void {
  const missing = [...REQUIRED, ...(groupColumn === null ? [] : [groupColumn])].filter(
    (column) => !columns.includes(column),
  );
  if (missing.length === 0) return;
  const what = missing.length === 1 ? 'There is no column' : 'There are no columns';
  throw invalid(`${name}: ${what} ${missing.join(', ')}. It has: ${columns.join(', ') || 'none'}.`);
}

function refuseManyGroups(rows: readonly OutcomeRow[], { name, groupColumn }: OutcomesSource): void {
  if (new Set(rows.map((row) => row.group)).size <= GROUPS_MAX) return;
  throw invalid(`${name}: column ${groupColumn} has more than ${GROUPS_MAX} groups`);
}

/** One person who defaults once, told in twelve windows, would pass for twelve. */
function refuseOverlaps(rows: readonly CustomerRow[], name: string): void {
  const inOrder = rows.toSorted((one, other) => one.month - other.month || one.line - other.line);
  const lastOf = new Map<string, CustomerRow>();
  for (const row of inOrder) {
    const before = lastOf.get(row.customerId);
    if (before !== undefined && row.month - row.windowMonths < before.month) throw overlap(name, before, row);
    lastOf.set(row.customerId, row);
  }
}

function overlap(name: string, before: CustomerRow, row: CustomerRow): EcsError {
  const { line, month, windowMonths } = row;
  return invalid(
    `${name}: line ${line}: the ${windowMonths} months to ${formatMonth(month)} overlap the window to ` +
      `${formatMonth(before.month)} on line ${before.line}: a customer counts once at a time. Keep windows that follow ` +
      'each other, chosen by their dates and never by their outcomes, as `ecs model outcomes` does.',
    { line },
  );
}

function featuresToBlock(cells: Cells, block: EmotionBlock): number {
  const valence = cells.maybe('valence', -1, 1);
  const effectiveSamples30 = cells.maybe('effective_samples', 0, Number.MAX_VALUE);
  const ageDays = cells.maybe('last_event_age_days', 0, Number.MAX_VALUE);
  const stress30 = cells.maybe('stress', 0, 1);
  const valenceVariability30 = cells.maybe('variability', 0, 1);
  if (valence === null || effectiveSamples30 === null || ageDays === null) return 0;
  const features: EmotionFeatures = {
    valence30: valence,
    stress30,
    valenceVariability30,
    effectiveSamples30,
    lastEventAgeMs: ageDays * DAY_MS,
    valence3: null,
    stress3: null,
    effectiveSamples3: 0,
  };
  return emotionLogOdds(block, features);
}

type Cells = ReturnType<typeof createCells>;

function createCells(record: OutcomeRecord, place: { readonly name: string; readonly line: number }) {
  const refuse = (column: string, expected: string): EcsError => {
    const { name, line } = place;
    return invalid(`${name}: line ${line}, column ${column}: "${record[column] ?? ''}" is not ${expected}`, {
      line,
      column,
    });
  };
  const number = (column: string, low: number, high: number): number => {
    const text = record[column] ?? '';
    const value = text === '' ? Number.NaN : Number(text);
    if (value >= low && value <= high) return value;
    throw refuse(column, high === Number.MAX_VALUE ? `a number from ${low}` : `a number from ${low} to ${high}`);
  };
  return {
    number,
    maybe: (column: string, low: number, high: number): number | null =>
      (record[column] ?? '') === '' ? null : number(column, low, high),
    wholeNumber: (column: string, low: number, high: number): number => {
      const value = number(column, low, high);
      if (Number.isInteger(value)) return value;
      throw refuse(column, `a whole number from ${low} to ${high}`);
    },
    month: (column: string): number => {
      const month = parseMonth(record[column] ?? '');
      if (month === null) throw refuse(column, 'a month such as 2026-03');
      return month;
    },
    yesNo: (column: string): boolean => {
      const text = record[column];
      if (text === '1' || text === '0') return text === '1';
      throw refuse(column, '1 (defaulted) or 0');
    },
    text: (column: string, expected: string): string => {
      const text = record[column] ?? '';
      if (text !== '') return text;
      throw refuse(column, expected);
    },
  };
}

function invalid(message: string, facts: Readonly<Record<string, unknown>> = {}): EcsError {
  return new EcsError('ECS_FILE_INVALID', message, { facts });
}
