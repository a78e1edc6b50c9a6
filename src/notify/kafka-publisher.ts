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

  return {
    timeoutMs,
    async publish(events) {
      try {
        await producer.send(events.map((event) => toMessage(topic, event)));
        return events.map(() => ({ result: 'delivered' }));
      } catch (error) {
        if (!isEcsError(error)) throw error;
        const failed: DeliveryOutcome = {
          result: 'failed',
          error: `${error.code}: ${error.message}`,
          overloaded: true,
        };
        return events.map(() => failed);
      }
    },
    stop: () => producer.stop(),
  };
}

function toMessage(topic: string, event: OutgoingEvent): KafkaMessage {
  return { topic, key: event.subject, value: Buffer.from(JSON.stringify(event)), headers: HEADERS };
}
