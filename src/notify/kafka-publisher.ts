// Publishes events to `ecs.credit-limits.v1`: structured CloudEvents, keyed by customer, so that a customer's events
// stay in order in one partition. Trouble with the broker is an outcome of every event, told within a bounded time.
import { createKafkaProducer, type KafkaMessage, type KafkaSettings } from '../events/kafka-client.ts';
import type { OutgoingEvent } from '../events/outgoing-event.ts';
import { CREDIT_LIMITS_TOPIC } from '../events/topics.ts';
import { isEcsError } from '../lib/errors.ts';
import type { DeliveryOutcome } from './delivery.ts';

export interface KafkaPublisherOptions {
  readonly settings: KafkaSettings;
  readonly timeoutMs?: number;
  readonly topic?: string;
}

export interface KafkaPublisher {
  readonly timeoutMs: number;
  /** Outcomes in the order of the events. */
  publish(events: readonly OutgoingEvent[]): Promise<DeliveryOutcome[]>;
  stop(): Promise<void>;
}

const TIMEOUT_MS = 10_000;
const HEADERS = { 'content-type': 'application/cloudevents+json; charset=utf-8' } as const;

export function createKafkaPublisher(options: KafkaPublisherOptions): KafkaPublisher {
  const { settings, timeoutMs = TIMEOUT_MS, topic = CREDIT_LIMITS_TOPIC } = options;
  const producer = createKafkaProducer(settings, { timeoutMs });

  async function publish(events: readonly OutgoingEvent[]): Promise<DeliveryOutcome[]> {
    try {
      await producer.send(events.map((event) => toMessage(topic, event)));
      return events.map(() => ({ result: 'delivered' }));
    } catch (error) {
      if (!isEcsError(error)) throw error;
      const reason = `${error.code}: ${error.message}`;
      if (error.code !== 'ECS_PAYLOAD_TOO_LARGE') {
        return events.map(() => ({ result: 'failed', error: reason, overloaded: true }));
      }
      return events.length === 1 ? [{ result: 'refused', error: reason }] : publishHalves(events);
    }
  }

  /** Finds the event that the broker will never take, so that it alone dies. Nothing is sent behind a failure. */
  async function publishHalves(events: readonly OutgoingEvent[]): Promise<DeliveryOutcome[]> {
    const half = Math.ceil(events.length / 2);
    const first = await publish(events.slice(0, half));
    if (first.some((outcome) => outcome.result === 'failed' || outcome.result === 'untried')) {
      return [...first, ...events.slice(half).map((): DeliveryOutcome => ({ result: 'untried' }))];
    }
    return [...first, ...(await publish(events.slice(half)))];
  }

  return { timeoutMs, publish, stop: () => producer.stop() };
}

function toMessage(topic: string, event: OutgoingEvent): KafkaMessage {
  return { topic, key: event.subject, value: Buffer.from(JSON.stringify(event)), headers: HEADERS };
}
