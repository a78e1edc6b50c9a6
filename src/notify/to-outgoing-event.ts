// An outbox row as the CloudEvent that leaves: the same bytes' worth at every retry and at every destination.
import type { OutgoingEvent, OutgoingType } from '../events/outgoing-event.ts';

export interface OutboxFacts {
  readonly customerId: string;
  readonly sequence: number;
  readonly eventId: string;
  readonly type: OutgoingType;
  readonly data: Record<string, unknown>;
  /** ISO instant. */
  readonly occurredAt: string;
}

export function toOutgoingEvent(row: OutboxFacts): OutgoingEvent {
  return {
    specversion: '1.0',
    id: row.eventId,
    source: 'urn:ecs',
    type: row.type,
    subject: row.customerId,
    time: row.occurredAt,
    datacontenttype: 'application/json',
    sequence: String(row.sequence),
    data: row.data,
  };
}
