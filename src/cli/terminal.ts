// What the command line prints with: plain text on a terminal, JSON where asked, a progress line that falls quiet when
// nobody is watching. Results go to standard output, everything else to standard error.
import { styleText } from 'node:util';

export interface Terminal {
  readonly isInteractive: boolean;
  readonly colours: boolean;
  /** A line of result. */
  out(line: string): void;
  /** A line for the person watching. */
  say(line: string): void;
  /** Overwrites the progress line; nothing where nobody is watching. */
  progress(line: string): void;
}

export interface TerminalStreams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

const CLEAR_LINE = '\r\u001b[2K';

export function createTerminal({ stdout, stderr }: TerminalStreams): Terminal {
  let progressShown = false;
  const clear = () => {
    if (progressShown) stderr.write(CLEAR_LINE);
    progressShown = false;
  };
  return {
    isInteractive: stderr.isTTY === true,
    colours: stdout.isTTY === true && stdout.hasColors(),
    out: (line) => {
      clear();
      stdout.write(`${line}\n`);
    },
    say: (line) => {
      clear();
      stderr.write(`${line}\n`);
    },
    progress: (line) => {
      if (stderr.isTTY !== true) return;
      stderr.write(`${CLEAR_LINE}${line.slice(0, (stderr.columns ?? 80) - 1)}`);
      progressShown = true;
    },
  };
}

export function paint(
  terminal: Terminal,
  style: 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan',
  text: string,
): string {
  return terminal.colours ? styleText(style, text) : text;
}

/** Left-aligned columns under their headings; numbers are right-aligned. */
export function formatTable(rows: readonly Readonly<Record<string, string | number | null>>[]): string {
  const first = rows[0];
  if (first === undefined) return 'nothing to list';
  const columns = Object.keys(first).map((name) => {
    const cells = rows.map((row) => String(row[name] ?? '-'));
    const right = rows.some((row) => typeof row[name] === 'number');
    return { name, cells, right, width: Math.max(name.length, ...cells.map((cell) => cell.length)) };
  });
  const line = (pick: (column: (typeof columns)[number]) => string) =>
    columns
      .map((column) => (column.right ? pick(column).padStart(column.width) : pick(column).padEnd(column.width)))
      .join('  ')
      .trimEnd();
  return [line((column) => column.name), ...rows.map((_, place) => line((column) => column.cells[place] ?? ''))].join(
    '\n',
  );
}

/** `12 345.60 EUR`: minor units with the currency's own number of decimals. */
export function formatMoney(amountMinor: number | null, currency: string): string {
  if (amountMinor === null) return '-';
  const digits =
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  const text = new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
    // Up to 10^12 minor units, so the quotient is shown exactly.
    .format(amountMinor / 10 ** digits)
    .replaceAll(',', ' ');
  return `${text} ${currency}`;
}
