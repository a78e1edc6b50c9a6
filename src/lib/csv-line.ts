// One line of CSV after RFC 4180. Every text is quoted, and one that a spreadsheet would take for a formula is defused with
// an apostrophe; numbers are written as they are.

export type CsvCell = string | number | boolean | null;

// The wide forms count as well, and so does a formula behind white space.
const FORMULA_START = /^[\s\0]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;

export function writeCsvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(writeCell).join(',')}\r\n`;
}

function writeCell(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  const safe = FORMULA_START.test(cell) ? `'${cell}` : cell;
  return `"${safe.replaceAll('"', '""')}"`;
}
