// Puts events onto Kafka: for POST /api/events where Kafka is the road, for the simulator, and for what the topic relay
// brings. Structured mode, keyed by customer, answered after every replica in sync has it.
import { createKafkaProducer, type KafkaProducer, type KafkaSettings } from '../../events/kafka-client.ts';
import type { EventSubmit } from '../incoming.ts';

export interface KafkaEventProducer extends KafkaProducer {
  readonly submit: EventSubmit;
}

// No headers: a value that is a whole event needs none to be known as one, and each costs the reader dearly.
const NO_HEADERS = Object.freeze({});

export function createKafkaEventProducer(
  settings: KafkaSettings,
  options: { timeoutMs?: number } = {},
): KafkaEventProducer {
  const producer = createKafkaProducer(settings, options);
  return {
    ...producer,
    submit: (events) =>
      producer.send(
        events.map(({ topic, customerId, value }) => ({ topic, key: customerId, value, headers: NO_HEADERS })),
      ),
  };
}
