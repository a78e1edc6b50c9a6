// A lender's outcomes from CSV records, refused by line and column where they cannot be read. The block's word is computed
// here from the measured features where those are given, so that nobody has to trust a figure from elsewhere.
import type { EmotionFeatures } from '../../affect/index.ts';
import { DAY_MS } from '../../lib/clock.ts';
import { EcsError } from '../../lib/errors.ts';
import { emotionLogOdds } from '../emotion-block.ts';
import type { EmotionBlock } from '../scorecard.ts';
import { type GateOutcomes, type OutcomeRow, orderOutcomes, parseMonth } from './gate-outcomes.ts';

export type OutcomeRecord = Readonly<Record<string, string>>;

const REQUIRED = ['month', 'base_log_odds', 'defaulted'] as const;
const BLOCK_COLUMN = 'block_log_odds';
const FEATURE_COLUMNS = ['valence', 'stress', 'variability', 'effective_samples', 'last_event_age_days'] as const;
const LATE_COLUMN = 'months_past_due';
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
  const given = source.columns.includes(BLOCK_COLUMN);
  const rows = records.map((record, index): OutcomeRow => {
    // The header is line 1.
    const cells = createCells(record, { name: source.name, line: index + 2 });
    return {
      month: cells.month('month'),
      base: cells.number('base_log_odds', -50, 50),
      defaulted: cells.yesNo('defaulted'),
      block: given ? cells.numberOr(BLOCK_COLUMN, 0, block.maximumLogOdds) : featuresToBlock(cells, block),
      late: knowsLate ? cells.number(LATE_COLUMN, 0, 1_000) : 0,
      group: source.groupColumn === null ? '' : cells.text(source.groupColumn),
    };
  });
  const outcomes = orderOutcomes(rows, { knowsLate, hasGroups: source.groupColumn !== null });
  if ((outcomes.groups?.length ?? 0) <= GROUPS_MAX) return outcomes;
  throw invalid(`${source.name}: column ${source.groupColumn} has more than ${GROUPS_MAX} groups`);
}

function requireColumns({ name, columns, groupColumn }: OutcomesSource): void {
  const missing = [...REQUIRED, ...(groupColumn === null ? [] : [groupColumn])].filter(
    (column) => !columns.includes(column),
  );
  const hasBlock = columns.includes(BLOCK_COLUMN);
  const features = FEATURE_COLUMNS.filter((column) => columns.includes(column));
  const given = `It has: ${columns.join(', ') || 'none'}.`;
  if (missing.length > 0) {
    const what = missing.length === 1 ? 'There is no column' : 'There are no columns';
    throw invalid(`${name}: ${what} ${missing.join(', ')}. ${given}`);
  }
  if (hasBlock && features.length > 0) {
    throw invalid(`${name}: Give either ${BLOCK_COLUMN} or the measured features, not both: ${features.join(', ')}.`);
  }
  if (!hasBlock && features.length < FEATURE_COLUMNS.length) {
    throw invalid(`${name}: There is neither ${BLOCK_COLUMN} nor all of ${FEATURE_COLUMNS.join(', ')}. ${given}`);
  }
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
    /** Empty is `otherwise`; within `max` either way. + 0: silence is 0, never -0. */
    numberOr: (column: string, otherwise: number, max: number): number =>
      ((record[column] ?? '') === '' ? otherwise : number(column, -max, max)) + 0,
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
    text: (column: string): string => {
      const text = record[column] ?? '';
      if (text !== '') return text;
      throw refuse(column, 'a group label');
    },
  };
}

function invalid(message: string, facts: Readonly<Record<string, unknown>> = {}): EcsError {
  return new EcsError('ECS_FILE_INVALID', message, { facts });
}
