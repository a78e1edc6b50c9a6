// A CSV as records by column: commas, semicolons, tabs or bars between cells, whichever the header line uses. Refuses what
// would be read wrongly without anybody noticing: a column named twice, a row that is too long or too short, no text at all.
import { isUtf8 } from 'node:buffer';
import { parse } from 'csv-parse/sync';
import { EcsError } from '../../lib/errors.ts';
import { type CsvRecord, LINE } from './csv-record.ts';

const DELIMITERS = [',', ';', '\t', '|'];
const DECIMAL_COMMA = /^[+-]?\d*,\d+$/;
const THOUSANDS = /^[+-]?\d{1,3}(,\d{3})+$/;
const DOTTED_THOUSANDS = /^[+-]?\d{1,3}(\.\d{3})+,\d+$/;
const DECIMAL_POINT = /^[+-]?[\d,]*\.\d+$/;

export function parseCsv(given: Buffer, path: string): CsvRecord[] {
  if (given.includes(0)) throw invalid(path, 'is not text in UTF-8');
  // What is no UTF-8 is the older one-byte encoding of office programs; read as UTF-8 all its accents would be one letter.
  const bytes = isUtf8(given) ? given : Buffer.from(new TextDecoder('windows-1252').decode(given));
  const delimiter = findDelimiter(bytes);
  const lines: number[] = [];
  const [header, ...rows] = readRows(bytes, path, delimiter, lines);
  if (header === undefined) throw invalid(path, 'is empty: a header line with the names of the columns is needed');
  const twice = header.find((name, place) => name !== '' && header.indexOf(name) !== place);
  if (twice !== undefined) throw invalid(path, `line 1: the column ${twice} stands there twice`);
  const hasDecimalCommas = areDecimalCommas(rows, delimiter);
  return rows.map((cells, row) => {
    const record: Record<string, string> & { [LINE]?: number } = {};
    for (let place = 0; place < header.length; place += 1) {
      const name = header[place] as string;
      const text = cells[place] as string;
      // A column without a name counts the rows, as exports of data frames have it; nobody could ask for it.
      if (name !== '') record[name] = hasDecimalCommas ? withPoint(text) : text;
    }
    record[LINE] = lines[row + 1] ?? 0;
    return record;
  });
}

function withPoint(text: string): string {
  if (DECIMAL_COMMA.test(text)) return text.replace(',', '.');
  return DOTTED_THOUSANDS.test(text) ? text.replaceAll('.', '').replace(',', '.') : text;
}

function readRows(bytes: Buffer, path: string, delimiter: string, lines: number[]): string[][] {
  const hasSeveralColumns = firstLine(bytes).includes(delimiter);
  try {
    return parse(bytes, {
      bom: true,
      delimiter,
      relax_quotes: true,
      // In a file of one column an empty line is a row whose value is not known.
      skip_empty_lines: hasSeveralColumns,
      record_delimiter: ['\r\n', '\n', '\r'],
      trim: true,
      on_record: (cells: string[], { lines: line }) => {
        lines.push(line);
        // `trim` leaves blanks inside quotes, and a blank would read as the number 0.
        return cells.map((cell) => cell.trim());
      },
    }) as string[][];
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw invalid(path, `is not a CSV with a header line: ${why}`, cause);
  }
}

/**
 * With semicolons a comma between digits is the decimal one. With tabs and bars both ways are in use: it is where a cell can
 * be nothing else and no cell has a decimal point.
 */
function areDecimalCommas(rows: readonly (readonly string[])[], delimiter: string): boolean {
  if (delimiter === ',' || delimiter === ';') return delimiter === ';';
  let isMet = false;
  for (const cell of rows.flat()) {
    if (DECIMAL_POINT.test(cell)) return false;
    isMet ||= DECIMAL_COMMA.test(cell) && !THOUSANDS.test(cell);
  }
  return isMet;
}

/** Without what stands in quotes. */
function firstLine(bytes: Buffer): string {
  const ends = [bytes.indexOf('\n'), bytes.indexOf('\r')].filter((end) => end !== -1);
  return bytes.toString('utf8', 0, Math.min(bytes.length, ...ends)).replace(/"[^"]*"/g, '');
}

/** The one that the header line has most of. */
function findDelimiter(bytes: Buffer): string {
  const header = firstLine(bytes);
  const counts = DELIMITERS.map((delimiter) => header.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}

function invalid(path: string, problem: string, cause?: unknown): EcsError {
  return new EcsError('ECS_FILE_INVALID', `${path} ${problem}`, { cause, facts: { path } });
}
