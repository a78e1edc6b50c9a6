// What the emotion and the thought handler share: a batch of events -> readings -> folds -> stored states, with what
// became of every event. Content never enters a message: it may be unconsented.
import { type Queryable, queueDecisions } from '../db/index.ts';
import type { AcceptedEvent, FoldResult, Rejection } from '../events/accepted-event.ts';
import type { ConsentPurpose } from '../events/customer-event.ts';
import { foldReadings } from './fold-readings.ts';
import type { Reading } from './reading.ts';
import { saveEmotionalStates } from './save-emotional-states.ts';
import type { StateTriggers } from './triggers.ts';

/** Why an event gives no reading, other than a wrong one. */
type LeaveOutCause = 'no_confidence' | 'no_sentiment' | 'other_topic';

export interface ReadingKind<Event> {
  readonly purpose: ConsentPurpose;
  readonly triggers: StateTriggers;
  readonly read: (event: Event, timeMs: number) => Reading | 'unknown_label' | LeaveOutCause;
  /** Asks for consent before anything is read, where reading itself is costly or looks into somebody's words. */
  readonly consentFirst: boolean;
}

export async function saveReadings<Event extends { readonly subject: string }>(
  tx: Queryable,
  kind: ReadingKind<Event>,
  events: readonly AcceptedEvent<Event>[],
  nowMs: number,
): Promise<FoldResult> {
  const consenting = kind.consentFirst ? await loadConsenting(tx, kind.purpose, events) : null;
  const batch = readBatch(kind, events, consenting);
  const folds = [...foldReadings(batch.customerIds, batch.readings).values()];
  // The row decides, whatever was asked before: consent may have been withdrawn since.
  const { left, moved } = await saveEmotionalStates(tx, kind.purpose, folds, kind.triggers);
  await queueDecisions(tx, moved, 'state_change', nowMs);
  if (left.size > 0) takeBack(batch, left);
  if (batch.unconsented.length > 0) await countUnconsented(tx, batch);
  return { counted: batch.counted, rejections: batch.rejections, dropped: Object.fromEntries(batch.dropped) };
}

interface Batch {
  /** `customerIds[i]` and `readings[i]` come from the event at `positions[i]`. */
  readonly customerIds: string[];
  readonly readings: Reading[];
  readonly positions: number[];
  readonly counted: boolean[];
  readonly rejections: Rejection[];
  readonly dropped: Map<string, number>;
  /** Customer of each event that was left out for want of consent. */
  readonly unconsented: string[];
}

function readBatch<Event extends { readonly subject: string }>(
  kind: ReadingKind<Event>,
  events: readonly AcceptedEvent<Event>[],
  consenting: ReadonlySet<string> | null,
): Batch {
  const batch: Batch = {
    customerIds: [],
    readings: [],
    positions: [],
    counted: new Array<boolean>(events.length).fill(false),
    rejections: [],
    dropped: new Map(),
    unconsented: [],
  };
  events.forEach(({ event, timeMs, offset }, position) => {
    if (consenting !== null && !consenting.has(event.subject)) {
      batch.unconsented.push(event.subject);
      return;
    }
    const reading = kind.read(event, timeMs);
    if (reading === 'unknown_label') batch.rejections.push(rejectLabel(offset));
    else if (typeof reading === 'string') countDropped(batch, reading);
    else addReading(batch, event.subject, reading, position);
  });
  return batch;
}

function addReading(batch: Batch, customerId: string, reading: Reading, position: number): void {
  batch.customerIds.push(customerId);
  batch.readings.push(reading);
  batch.positions.push(position);
  batch.counted[position] = true;
}

function rejectLabel(offset: number): Rejection {
  const message = 'is not in the published table (docs/label-table.md), and valence and arousal are not given';
  return { offset, code: 'unknown_label', field: 'data.label', message };
}

function countDropped(batch: Batch, cause: string): void {
  batch.dropped.set(cause, (batch.dropped.get(cause) ?? 0) + 1);
}

/** Nothing of these customers was kept. */
function takeBack(batch: Batch, left: ReadonlySet<string>): void {
  batch.customerIds.forEach((customerId, index) => {
    const position = batch.positions[index];
    if (position === undefined || !left.has(customerId)) return;
    batch.counted[position] = false;
    batch.unconsented.push(customerId);
  });
}

async function countUnconsented(tx: Queryable, batch: Batch): Promise<void> {
  const known = await loadKnownCustomers(tx, [...new Set(batch.unconsented)]);
  for (const customerId of batch.unconsented) {
    countDropped(batch, known.has(customerId) ? 'no_consent' : 'unknown_customer');
  }
}

async function loadKnownCustomers(tx: Queryable, customerIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await tx.query<{ customer_id: string }>({
    name: 'affect-load-known-customers',
    text: 'select customer_id from customers where customer_id = any($1::text[])',
    values: [customerIds],
  });
  return new Set(rows.map((row) => row.customer_id));
}

async function loadConsenting(
  tx: Queryable,
  purpose: ConsentPurpose,
  events: readonly AcceptedEvent<{ readonly subject: string }>[],
): Promise<Set<string>> {
  const { rows } = await tx.query<{ customer_id: string }>({
    name: 'affect-load-consenting',
    text: 'select customer_id from emotional_states where customer_id = any($1::text[]) and purpose = $2',
    values: [[...new Set(events.map(({ event }) => event.subject))], purpose],
  });
  return new Set(rows.map((row) => row.customer_id));
}
