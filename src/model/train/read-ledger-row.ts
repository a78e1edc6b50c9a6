// One row of a card ledger's CSV as the ledger's own features: the same function that serves customers.
import {
  cardLedgerRowToStatements,
  computeFeatures,
  parseCardLedgerRow,
  STATEMENT_WINDOW,
} from '../../ledger/index.ts';
import { EcsError, isEcsError } from '../../lib/errors.ts';

/** The features look at the order of statements only, so any six instants a month apart do. */
const CLOSED_AT_MS: readonly number[] = Array.from({ length: STATEMENT_WINDOW }, (_, month) =>
  Date.UTC(2005, 3 + month, 28),
);

/** `id` only names the row in the error. */
export function cardLedgerRowToFeatures(
  record: Readonly<Record<string, string>>,
  referenceUnitMinor: number,
  id: string,
): Float64Array {
  try {
    return computeFeatures(cardLedgerRowToStatements(parseCardLedgerRow(record), CLOSED_AT_MS), referenceUnitMinor);
  } catch (cause) {
    if (!isEcsError(cause)) throw cause;
    throw new EcsError(cause.code, `row ${id}: ${cause.message}`, { cause, facts: { ...cause.facts, id } });
  }
}
