// Builds the CloudEvents that the command line sends: of simulated people and of imported card holders.
import { type InputTopic, TYPE_OF_TOPIC } from '../../events/topics.ts';

export interface SimulatedEvent {
  readonly topic: InputTopic;
  readonly customerId: string;
  readonly timeMs: number;
  readonly value: Buffer;
}

export type BuildEvent = (topic: InputTopic, customerId: string, timeMs: number, data: object) => SimulatedEvent;

/** Ids count up. */
export function createEventBuilder(source: string): BuildEvent {
  let made = 0;
  return (topic, customerId, timeMs, data) => {
    made += 1;
    return buildEvent(source, `${made}`, topic, customerId, timeMs, data);
  };
}

export type NamedEventBuilder = (topic: InputTopic, name: string, timeMs: number, data: object) => SimulatedEvent;

/** Ids are the customer and a name given by the caller. */
export function createNamedEventBuilder(source: string, customerId: string): NamedEventBuilder {
  return (topic, name, timeMs, data) => buildEvent(source, `${customerId}-${name}`, topic, customerId, timeMs, data);
}

function buildEvent(
  source: string,
  id: string,
  topic: InputTopic,
  customerId: string,
  timeMs: number,
  data: object,
): SimulatedEvent {
  const event = {
    specversion: '1.0',
    id,
    source,
    type: TYPE_OF_TOPIC[topic],
    subject: customerId,
    time: new Date(timeMs).toISOString(),
    data,
  };
  return { topic, customerId, timeMs, value: Buffer.from(JSON.stringify(event)) };
}
