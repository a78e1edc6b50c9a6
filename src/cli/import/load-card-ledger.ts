// Reads a card ledger file row by row, however long it is. What cannot be read is refused with its line and column.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { CARD_LEDGER_COLUMNS, type CardLedgerRow, parseCardLedgerRow } from '../../ledger/index.ts';
import { EcsError, isEcsError } from '../../lib/errors.ts';

export interface CardLedgerLine {
  /** From 1; the header is line 1. */
  readonly line: number;
  readonly row: CardLedgerRow;
}

export interface CardLedgerReading {
  readonly lines: AsyncIterable<CardLedgerLine>;
  /** Hex SHA-256 of the file; to be asked once, after the last line. */
  sha256(): string;
}

export function loadCardLedger(path: string): CardLedgerReading {
  const hash = createHash('sha256');
  return { lines: readLines(path, (chunk) => hash.update(chunk)), sha256: () => hash.digest('hex') };
}

async function* readLines(path: string, onBytes: (chunk: Buffer) => void): AsyncGenerator<CardLedgerLine> {
  const file = createReadStream(path);
  const parser = parse({ columns: checkHeader, bom: true, skip_empty_lines: true, trim: true, info: true });
  file.on('data', (chunk) => onBytes(chunk as Buffer));
  // What breaks either end comes out of the loop below.
  pipeline(file, parser, () => {});
  try {
    for await (const { record, info } of parser as AsyncIterable<ParsedRecord>) {
      yield { line: info.lines, row: readRow(record, path, info.lines) };
    }
  } catch (error) {
    throw toFileError(error, path);
  }
}

interface ParsedRecord {
  readonly record: Readonly<Record<string, string>>;
  readonly info: { readonly lines: number };
}

const COLUMNS: readonly string[] = [
  CARD_LEDGER_COLUMNS.id,
  CARD_LEDGER_COLUMNS.limit,
  ...CARD_LEDGER_COLUMNS.status,
  ...CARD_LEDGER_COLUMNS.balance,
  ...CARD_LEDGER_COLUMNS.paid,
];

/** Every column that is read, exactly once; others may stand beside them. */
function checkHeader(names: string[]): string[] {
  const wrong = COLUMNS.find((column) => names.filter((name) => name === column).length !== 1);
  if (wrong === undefined) return names;
  const found = names.includes(wrong) ? 'stands there twice' : 'is missing';
  throw new EcsError('ECS_FILE_INVALID', `line 1: column ${wrong} ${found}`, { facts: { line: 1, column: wrong } });
}

function readRow(record: Readonly<Record<string, string>>, path: string, line: number): CardLedgerRow {
  try {
    return parseCardLedgerRow(record);
  } catch (error) {
    if (!isEcsError(error, 'ECS_FILE_INVALID')) throw error;
    throw lineError(path, line, error.message, error);
  }
}

/** The one form in which a file is refused. */
export function lineError(path: string, line: number, what: string, cause?: EcsError): EcsError {
  return new EcsError('ECS_FILE_INVALID', `${path}: line ${line}: ${what}`, {
    cause,
    facts: { ...cause?.facts, path, line },
  });
}

/** What breaks while a file is read, as trouble with that file. */
export function toFileError(error: unknown, path: string): unknown {
  if (isEcsError(error)) {
    return error.facts.path === undefined
      ? new EcsError(error.code, `${path}: ${error.message}`, { cause: error, facts: { ...error.facts, path } })
      : error;
  }
  if (error instanceof CsvError) {
    return new EcsError('ECS_FILE_INVALID', `${path}: ${error.message}`, { cause: error, facts: { path } });
  }
  if (!isSystemError(error)) return error;
  return new EcsError('ECS_FILE_INVALID', `${path} cannot be read: ${error.message}`, {
    cause: error,
    facts: { path },
  });
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return typeof error === 'object' && error !== null && 'syscall' in error;
}
