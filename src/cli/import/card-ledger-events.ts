// One row of a card ledger as the events its life would have sent: a profile, six statements, and the payments and
// purchases between them. Ids follow from the file and the row, so an import that was cut off can simply run again.

import { type CardLedgerRow, cardLedgerRowToStatements, type Statement } from '../../ledger/index.ts';
import { DAY_MS } from '../../lib/clock.ts';
import { createNamedEventBuilder, type NamedEventBuilder, type SimulatedEvent } from '../simulate/simulated-event.ts';

export interface CardLedgerImport {
  /** CloudEvents source; holds the file's hash. */
  readonly source: string;
  /** Before the row's own id. */
  readonly prefix: string;
  readonly currency: string;
  /** Six closes, oldest first. */
  readonly closedAtMs: readonly number[];
}

export interface ImportedCustomer {
  readonly customerId: string;
  readonly limitMinor: number;
  readonly events: readonly SimulatedEvent[];
}

/** The six latest month ends (UTC) at or before `asOfMs`, oldest first. */
export function monthEndsBefore(asOfMs: number): number[] {
  const asOf = new Date(asOfMs);
  return [5, 4, 3, 2, 1, 0].map((back) => Date.UTC(asOf.getUTCFullYear(), asOf.getUTCMonth() - back, 1));
}

export function cardLedgerEvents(row: CardLedgerRow, into: CardLedgerImport): ImportedCustomer {
  const customerId = `${into.prefix}${row.id}`;
  const build = createNamedEventBuilder(into.source, customerId);
  const statements = cardLedgerRowToStatements(row, into.closedAtMs);
  const events = [profileEvent(build, into, statements[0])];
  statements.forEach((statement, place) => {
    events.push(...transactionEvents(build, into, statement, statements[place - 1], place));
    events.push(statementEvent(build, into, statement, place));
  });
  return { customerId, limitMinor: row.limitMinor, events };
}

function profileEvent(build: NamedEventBuilder, into: CardLedgerImport, first: Statement | undefined): SimulatedEvent {
  const timeMs = (first?.closedAtMs ?? 0) - 31 * DAY_MS;
  return build('ecs.customers.v1', 'profile', timeMs, { currency: into.currency });
}

function statementEvent(build: NamedEventBuilder, into: CardLedgerImport, statement: Statement, place: number) {
  return build('ecs.statements.v1', `statement-${place}`, statement.closedAtMs, {
    closedAt: new Date(statement.closedAtMs).toISOString(),
    currency: into.currency,
    balanceMinor: statement.balanceMinor,
    minimumDueMinor: statement.minimumDueMinor,
    paidMinor: statement.paidMinor,
    monthsPastDue: statement.monthsPastDue,
    standing: statement.standing,
    limitMinor: statement.limitMinor,
  });
}

/** What was paid since the statement before, and what must have been bought for the balance to come out. */
function transactionEvents(
  build: NamedEventBuilder,
  into: CardLedgerImport,
  statement: Statement,
  before: Statement | undefined,
  place: number,
): SimulatedEvent[] {
  const money = (name: string, type: string, amountMinor: number, daysBefore: number) =>
    build('ecs.transactions.v1', `${name}-${place}`, statement.closedAtMs - daysBefore * DAY_MS, {
      type,
      amountMinor,
      currency: into.currency,
    });
  const events: SimulatedEvent[] = [];
  if (statement.paidMinor > 0) events.push(money('payment', 'payment', statement.paidMinor, 10));
  const spentMinor = before === undefined ? 0 : statement.balanceMinor - before.balanceMinor + statement.paidMinor;
  if (spentMinor > 0) events.push(money('purchase', 'purchase', spentMinor, 5));
  return events;
}
