// Customers with credit accounts, and events in their outbox, as decisions write them.
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { appendOutboxEvents } from '../../src/db/append-outbox-events.ts';
import { inTransaction } from '../../src/db/index.ts';
import type { OutgoingType } from '../../src/events/outgoing-event.ts';

export async function insertCustomers(pool: pg.Pool, customerIds: readonly string[]): Promise<void> {
  await pool.query(
    `with added as (
       insert into customers (customer_id, currency, created_at)
       select customer_id, 'EUR', now() from unnest($1::text[]) as given (customer_id) returning customer_id
     ) insert into credit_accounts (customer_id) select customer_id from added`,
    [customerIds],
  );
}

export interface AppendOptions {
  readonly kafka?: boolean;
  readonly type?: OutgoingType;
  readonly data?: object;
}

/** One event for each id given, in that order and in one transaction; an id may come several times. */
export async function appendEvents(
  pool: pg.Pool,
  customerIds: readonly string[],
  options: AppendOptions = {},
): Promise<void> {
  const events = customerIds.map((customerId) => ({
    customerId,
    eventId: randomUUID(),
    type: options.type ?? 'decision.created',
    data: options.data ?? { limitMinor: 120_000 },
    occurredAtMs: Date.now(),
  }));
  await inTransaction(pool, (tx) => appendOutboxEvents(tx, events, { kafka: options.kafka ?? false }));
}

export interface StoredDelivery {
  readonly destination: string;
  readonly customerId: string;
  readonly sequence: number;
  readonly eventId: string;
  readonly state: string;
  readonly attempts: number;
  readonly claimedBy: string | null;
  readonly lastError: string | null;
}

export async function loadStoredDeliveries(pool: pg.Pool): Promise<StoredDelivery[]> {
  const { rows } = await pool.query(
    `select d.destination, d.customer_id, d.sequence, e.event_id, d.state, d.attempts, d.claimed_by, d.last_error
     from deliveries d join outbox_events e using (customer_id, sequence)
     order by d.destination, d.customer_id, d.sequence`,
  );
  return rows.map((row) => ({
    destination: row.destination,
    customerId: row.customer_id,
    sequence: row.sequence,
    eventId: row.event_id,
    state: row.state,
    attempts: row.attempts,
    claimedBy: row.claimed_by,
    lastError: row.last_error,
  }));
}

/** Back to a database without customers and webhooks, for the next test of the file. */
export async function clearOutbox(pool: pg.Pool): Promise<void> {
  await pool.query(
    `delete from deliveries; delete from outbox_events; delete from credit_accounts; delete from customers;
     delete from webhooks`,
  );
}
