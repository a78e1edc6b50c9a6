// What one import is recognised by when it is run again: the file, and everything that decides what becomes of its rows.
import { hashCanonical } from '../../lib/canonical-json.ts';
import { DAY_MS } from '../../lib/clock.ts';

export interface CardLedgerOrder {
  readonly path: string;
  readonly prefix: string;
  readonly currency: string;
  /** Null: the day the import first began. */
  readonly asOfMs: number | null;
}

export function hashImport(order: CardLedgerOrder, fileSha256: string): string {
  const { prefix, currency, asOfMs } = order;
  return hashCanonical({ kind: 'card-ledger', fileSha256, prefix, currency, asOfMs });
}

/** The same at every run of one import, or its statements would get other dates the second time. */
export function asOfMsOf(order: CardLedgerOrder, firstBeganAtMs: number): number {
  return order.asOfMs ?? Math.floor(firstBeganAtMs / DAY_MS) * DAY_MS;
}
