// What the emotion and the thought handler share: a batch of events -> readings -> folds -> stored states, with what
// became of every event. Nothing is read that its customer did not consent to at its own time, and content never enters
// a message.
import { type Queryable, queueDecisions } from '../db/index.ts';
import type { AcceptedEvent, FoldResult, Rejection } from '../events/accepted-event.ts';
import type { ConsentPurpose } from '../events/customer-event.ts';
import { foldReadings } from './fold-readings.ts';
import { type LiveConsents, lockLiveConsents } from './lock-live-consents.ts';
import type { Reading } from './reading.ts';
import { saveEmotionalStates } from './save-emotional-states.ts';
import type { StateTriggers } from './triggers.ts';

/** Why an event that its customer consented to gives no reading, other than a wrong one. */
type LeaveOutCause = 'no_confidence' | 'no_sentiment' | 'other_topic';

export interface ReadingKind<Event> {
  readonly purpose: ConsentPurpose;
  readonly triggers: StateTriggers;
  readonly read: (event: Event, timeMs: number) => Reading | 'unknown_label' | LeaveOutCause;
}

export async function saveReadings<Event extends { readonly subject: string }>(
  tx: Queryable,
  kind: ReadingKind<Event>,
  events: readonly AcceptedEvent<Event>[],
  nowMs: number,
): Promise<FoldResult> {
  const customerIds = [...new Set(events.map(({ event }) => event.subject))];
  const earliestMs = events.reduce((earliest, { timeMs }) => Math.min(earliest, timeMs), Number.POSITIVE_INFINITY);
  const consents = await lockLiveConsents(tx, kind.purpose, customerIds, earliestMs);
  const batch = readBatch(kind, events, consents);
  const folds = [...foldReadings(batch.customerIds, batch.readings).values()];
  const moved = await saveEmotionalStates(tx, kind.purpose, folds, kind.triggers);
  await queueDecisions(tx, moved, 'state_change', nowMs);
  if (batch.unconsented.length > 0) await countUnconsented(tx, batch);
  return { counted: batch.counted, rejections: batch.rejections, dropped: Object.fromEntries(batch.dropped) };
}

interface Batch {
  /** `customerIds[i]` gave `readings[i]`. */
  readonly customerIds: string[];
  readonly readings: Reading[];
  readonly counted: boolean[];
  readonly rejections: Rejection[];
  readonly dropped: Map<string, number>;
  /** Customer of each event that was left out for want of a live consent. */
  readonly unconsented: string[];
}

function readBatch<Event extends { readonly subject: string }>(
  kind: ReadingKind<Event>,
  events: readonly AcceptedEvent<Event>[],
  consents: LiveConsents,
): Batch {
  const batch: Batch = {
    customerIds: [],
    readings: [],
    counted: new Array<boolean>(events.length).fill(false),
    rejections: [],
    dropped: new Map(),
    unconsented: [],
  };
  events.forEach(({ event, timeMs, offset }, position) => {
    const consentedFromMs = consents.get(event.subject);
    if (consentedFromMs === undefined) {
      batch.unconsented.push(event.subject);
      return;
    }
    if (timeMs < consentedFromMs) {
      countDropped(batch, 'before_consent');
      return;
    }
    const reading = kind.read(event, timeMs);
    if (reading === 'unknown_label') batch.rejections.push(rejectLabel(offset));
    else if (typeof reading === 'string') countDropped(batch, reading);
    else {
      batch.customerIds.push(event.subject);
      batch.readings.push(reading);
      batch.counted[position] = true;
    }
  });
  return batch;
}

function rejectLabel(offset: number): Rejection {
  const message = 'is not in the published table (docs/label-table.md), and valence and arousal are not given';
  return { offset, code: 'unknown_label', field: 'data.label', message };
}

function countDropped(batch: Batch, cause: string): void {
  batch.dropped.set(cause, (batch.dropped.get(cause) ?? 0) + 1);
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
