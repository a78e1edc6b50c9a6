// Events as ingest hands them to the rooms: what sampleEvent makes, with an offset and times.
import type { AcceptedEvent } from '../../src/events/accepted-event.ts';
import type { EventOfTopic } from '../../src/events/check-event.ts';
import type { InputTopic } from '../../src/events/topics.ts';
import { sampleEvent } from './sample-events.ts';

export interface AcceptOptions {
  readonly subject?: string;
  readonly timeMs?: number;
  readonly id?: string;
  readonly source?: string;
  readonly offset?: number;
}

let lastOffset = 0;

/** `data` replaces fields of the topic's sample; `undefined` takes a field away. The id differs at every call. */
export function accept<Topic extends InputTopic>(
  topic: Topic,
  options: AcceptOptions,
  data: Readonly<Record<string, unknown>> = {},
): AcceptedEvent<EventOfTopic[Topic]> {
  lastOffset += 1;
  const { subject = 'customer-1', timeMs = Date.UTC(2026, 10, 22), source = 'urn:test', offset = lastOffset } = options;
  const id = options.id ?? `event-${offset}`;
  const envelope = { subject, id, source, time: new Date(timeMs).toISOString() };
  const event = sampleEvent(topic, envelope, data) as unknown as EventOfTopic[Topic];
  return { event, offset, timeMs, acceptedAtMs: timeMs };
}
