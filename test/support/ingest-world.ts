// The real handlers on a test's own database, wired as the program wires them, and short words for what stream tests do
// and ask: let customers in, make records, count what was kept.
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { createEmotionHandler, createThoughtHandler } from '../../src/affect/index.ts';
import type { InputTopic } from '../../src/events/topics.ts';
import { createIngest, type Ingest, type IngestHandlers, type IngestOptions } from '../../src/ingest/index.ts';
import { createStatementHandler, createTransactionHandler, saveCustomerProfiles } from '../../src/ledger/index.ts';
import { DAY_MS, systemClock } from '../../src/lib/clock.ts';
import { makeId } from '../../src/lib/ids.ts';
import { createOutcomeHandler } from '../../src/monitoring/index.ts';
import { createCustomerHandler, recordConsents } from '../../src/privacy/index.ts';
import { type SampleEvent, sampleEvent } from './sample-events.ts';

export const PARTITIONS = 3;

export function makeHandlers(): IngestHandlers {
  const triggers = { valenceChange: 0.2, stressChange: 0.2, transactionShareOfLimit: 0.2 };
  const consent = { kafka: false, makeId };
  return {
    'ecs.customers.v1': createCustomerHandler({
      saveProfiles: saveCustomerProfiles,
      recordConsents: (tx, changes, nowMs) => recordConsents(tx, changes, nowMs, consent),
    }),
    'ecs.emotions.v1': createEmotionHandler({ triggers }),
    'ecs.thoughts.v1': createThoughtHandler({ triggers }),
    'ecs.transactions.v1': createTransactionHandler({ triggers }),
    'ecs.statements.v1': createStatementHandler(),
    'ecs.outcomes.v1': createOutcomeHandler(),
  };
}

export function makeIngest(pool: pg.Pool, options: Partial<IngestOptions> = {}): Ingest {
  return createIngest({
    pool,
    handlers: makeHandlers(),
    partitions: PARTITIONS,
    consumerGroup: 'ecs',
    horizonMs: 7 * DAY_MS,
    fingerprintSeed: 42,
    deadLetterTopic: true,
    clock: systemClock,
    makeId,
    ...options,
  });
}

/** Customers who have consented to everything for a year, through the real door. */
export async function letIn(pool: pg.Pool, customerIds: readonly string[], atMs = Date.now()): Promise<void> {
  const handle = makeHandlers()['ecs.customers.v1'];
  const events = customerIds.map((subject, offset) => ({
    event: makeEvent(
      'ecs.customers.v1',
      { subject, id: `let-in-${subject}` },
      { consents: { emotions: true, thoughts: true } },
    ) as never,
    offset,
    timeMs: atMs - 365 * DAY_MS,
    acceptedAtMs: atMs,
  }));
  await handle(pool, events, atMs);
}

/** A sample event of now. */
export function makeEvent(
  topic: InputTopic,
  envelope: Readonly<Record<string, unknown>> = {},
  data: Readonly<Record<string, unknown>> = {},
): SampleEvent {
  return sampleEvent(topic, { time: new Date().toISOString(), ...envelope }, data);
}

export function toBytes(event: unknown): Buffer {
  return Buffer.from(JSON.stringify(event));
}

/** How many emotions (or thoughts) stand in the state of each customer. */
export async function countReadings(pool: pg.Pool, purpose = 'emotions'): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ customer_id: string; readings: number }>(
    'select customer_id, readings from emotional_states where purpose = $1 order by customer_id',
    [purpose],
  );
  return Object.fromEntries(rows.map((row) => [row.customer_id, row.readings]));
}

export async function countTransactions(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ n: number }>('select count(*) as n from transactions');
  return rows[0]?.n ?? 0;
}

export interface StoredDeadLetter {
  readonly partition: number;
  readonly record_offset: number;
  readonly code: string;
  readonly field: string;
  readonly message: string;
  readonly customer_id: string | null;
  readonly original: Buffer | null;
}

export async function loadStoredDeadLetters(pool: pg.Pool, topic?: string): Promise<StoredDeadLetter[]> {
  const { rows } = await pool.query<StoredDeadLetter>(
    `select partition, record_offset, code, field, message, customer_id, original from dead_letters
     where $1::text is null or topic = $1 order by topic, partition, record_offset`,
    [topic],
  );
  return rows;
}

/** Waits until some session of the database waits for a lock: then the race that is wanted is on. */
export async function waitForLockWait(pool: pg.Pool): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const { rows } = await pool.query<{ waiting: number }>(
      `select count(*) as waiting from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if ((rows[0]?.waiting ?? 0) > 0) return;
    await sleep(20);
  }
  throw new Error('nobody came to wait for a lock');
}
