// What the emotion and the thought handler share: a batch of events -> readings -> folds -> stored states, with what
// became of every event. Content never enters a message: it may be unconsented.
import type { Queryable } from '../db/index.ts';
import { queueDecisions } from '../db/queue-decisions.ts';
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
}

export async function saveReadings<Event extends { readonly subject: string }>(
  tx: Queryable,
  kind: ReadingKind<Event>,
  events: readonly AcceptedEvent<Event>[],
  nowMs: number,
): Promise<FoldResult> {
  const batch = readBatch(kind, events);
  const folds = [...foldReadings(batch.customerIds, batch.readings).values()];
  const { left, moved } = await saveEmotionalStates(tx, kind.purpose, folds, kind.triggers);
  await queueDecisions(tx, moved, 'state_change', nowMs);
  if (left.size > 0) await countLeft(tx, batch, left);
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
}

function readBatch<Event extends { readonly subject: string }>(
  kind: ReadingKind<Event>,
  events: readonly AcceptedEvent<Event>[],
): Batch {
  const batch: Batch = {
    customerIds: [],
    readings: [],
    positions: [],
    counted: new Array<boolean>(events.length).fill(false),
    rejections: [],
    dropped: new Map(),
  };
  events.forEach((accepted, position) => {
    const reading = kind.read(accepted.event, accepted.timeMs);
    if (reading === 'unknown_label') batch.rejections.push(rejectLabel(accepted.offset));
    else if (typeof reading === 'string') countDropped(batch, reading);
    else {
      batch.customerIds.push(accepted.event.subject);
      batch.readings.push(reading);
      batch.positions.push(position);
      batch.counted[position] = true;
    }
  });
  return batch;
}

function rejectLabel(offset: number): Rejection {
  const message =
    'the label is not in the published table (docs/label-table.md), and valence and arousal are not given';
  return { offset, code: 'unknown_label', field: 'data.label', message };
}

function countDropped(batch: Batch, cause: string): void {
  batch.dropped.set(cause, (batch.dropped.get(cause) ?? 0) + 1);
}

/** Nothing of these customers was kept: they have no live consent, or are not known at all. */
async function countLeft(tx: Queryable, batch: Batch, left: ReadonlySet<string>): Promise<void> {
  const known = await loadKnownCustomers(tx, [...left]);
  batch.customerIds.forEach((customerId, index) => {
    if (!left.has(customerId)) return;
    const position = batch.positions[index];
    if (position !== undefined) batch.counted[position] = false;
    countDropped(batch, known.has(customerId) ? 'no_consent' : 'unknown_customer');
  });
}

async function loadKnownCustomers(tx: Queryable, customerIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await tx.query<{ customer_id: string }>(
    'select customer_id from customers where customer_id = any($1::text[])',
    [customerIds],
  );
  return new Set(rows.map((row) => row.customer_id));
}
