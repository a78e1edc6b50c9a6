// Reads a file of outcomes row by row, however long it is. A row that says nothing clear is refused by line and column.
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { parse } from 'csv-parse';
import { endOfWindow } from '../../events/end-of-window.ts';
import { OUTCOME_WINDOW_MONTHS_MAX } from '../../events/outcome-event.ts';
import { EcsError } from '../../lib/errors.ts';
import { lineError, toFileError } from './load-card-ledger.ts';

export interface OutcomeLine {
  /** From 1; the header is line 1. */
  readonly line: number;
  readonly customerId: string;
  readonly asOfMs: number;
  readonly windowMonths: number;
  readonly defaulted: boolean;
  readonly observedAtMs: number;
}

const COLUMNS = ['customer_id', 'as_of', 'window_months', 'defaulted', 'observed_at'] as const;
type OutcomeRecord = Readonly<Record<(typeof COLUMNS)[number], string>>;

export async function* loadOutcomesFile(path: string, nowMs: number): AsyncGenerator<OutcomeLine> {
  const parser = parse({ columns: checkHeader, bom: true, skip_empty_lines: true, trim: true, info: true });
  // What breaks either end comes out of the loop below.
  pipeline(createReadStream(path), parser, () => {});
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: OutcomeRecord; info: { lines: number } }>) {
      yield readLine(path, record, info.lines, nowMs);
    }
  } catch (error) {
    throw toFileError(error, path);
  }
}

function checkHeader(names: string[]): string[] {
  const wrong = COLUMNS.find((column) => names.filter((name) => name === column).length !== 1);
  if (wrong === undefined) return names;
  const found = names.includes(wrong) ? 'stands there twice' : 'is missing';
  throw new EcsError('ECS_FILE_INVALID', `line 1: column ${wrong} ${found}`, { facts: { line: 1, column: wrong } });
}

function readLine(path: string, record: OutcomeRecord, line: number, nowMs: number): OutcomeLine {
  const refuse = (column: keyof OutcomeRecord, expected: string): never => {
    throw lineError(path, line, `column ${column} holds "${record[column]}", expected ${expected}`);
  };
  const customerId = record.customer_id;
  if (!/^[\x21-\x7e]{1,200}$/.test(customerId)) refuse('customer_id', 'at most 200 characters without spaces');
  const asOfMs = readDay(record.as_of) ?? refuse('as_of', 'a day such as 2026-05-01');
  const windowMonths = Number(/^\d{1,3}$/.test(record.window_months) ? record.window_months : Number.NaN);
  if (!(windowMonths >= 1 && windowMonths <= OUTCOME_WINDOW_MONTHS_MAX)) {
    refuse('window_months', `1 to ${OUTCOME_WINDOW_MONTHS_MAX}`);
  }
  const defaulted = TRUTHS[record.defaulted.toLowerCase()] ?? refuse('defaulted', '1 or 0, true or false');
  const observedAtMs = readDay(record.observed_at) ?? refuse('observed_at', 'a day such as 2026-11-01');
  if (observedAtMs < asOfMs || observedAtMs > nowMs) refuse('observed_at', 'a day from as_of on that has begun');
  if (!defaulted && observedAtMs < endOfWindow(asOfMs, windowMonths)) {
    refuse('observed_at', 'the day on which the window ends, or later: until then a default can still come');
  }
  return { line, customerId, asOfMs, windowMonths, defaulted, observedAtMs };
}

const TRUTHS: Readonly<Record<string, boolean>> = { '1': true, '0': false, true: true, false: false };

/** The start of the day in UTC; null where there is no such day. */
function readDay(text: string): number | null {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(ms) && ms >= 0 && new Date(ms).toISOString().startsWith(text) ? ms : null;
}
