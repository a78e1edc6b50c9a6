// Looks at a whole card ledger file before anything of it is sent: a bad file is refused as one, by line and column.
import type { CardLedgerRow } from '../../ledger/index.ts';
import { EcsError } from '../../lib/errors.ts';
import { AMOUNT_MINOR_MAX } from '../../lib/money.ts';
import { type CardLedgerLine, lineError, loadCardLedger } from './load-card-ledger.ts';

export interface CheckedCardLedger {
  readonly customers: number;
  readonly fileSha256: string;
}

export async function checkCardLedger(
  path: string,
  prefix: string,
  onRow: (rows: number) => void,
): Promise<CheckedCardLedger> {
  const reading = loadCardLedger(path);
  // The one thing that grows with the file: about 60 bytes a customer.
  const firstLines = new Map<string, number>();
  for await (const line of reading.lines) {
    checkLine(path, prefix, line, firstLines);
    onRow(firstLines.size);
  }
  if (firstLines.size === 0) throw new EcsError('ECS_FILE_INVALID', `${path} holds no rows`, { facts: { path } });
  return { customers: firstLines.size, fileSha256: reading.sha256() };
}

function checkLine(path: string, prefix: string, { line, row }: CardLedgerLine, firstLines: Map<string, number>): void {
  const first = firstLines.get(row.id);
  if (first !== undefined) throw lineError(path, line, `column ID holds ${row.id} again, after line ${first}`);
  firstLines.set(row.id, line);
  if (!/^[\x21-\x7e]{1,200}$/.test(`${prefix}${row.id}`)) {
    throw lineError(path, line, 'column ID makes no customer id: at most 200 printable characters without spaces');
  }
  const tooMuch = findTooMuchSpent(row);
  if (tooMuch !== null) throw lineError(path, line, tooMuch);
}

/** Between two statements lies a purchase of what the balance and the payment tell; it must be an amount too. */
function findTooMuchSpent({ balancesMinor, paidMinor }: CardLedgerRow): string | null {
  const place = balancesMinor.findIndex((balanceMinor, index) => {
    const beforeMinor = balancesMinor[index - 1] ?? balanceMinor;
    return balanceMinor - beforeMinor + (paidMinor[index] ?? 0) > AMOUNT_MINOR_MAX;
  });
  if (place === -1) return null;
  return `column BILL_AMT${balancesMinor.length - place} is further from the month before than any purchase can be`;
}
