// The JSON Schemas (2020-12) of everything that may arrive and leave, made from the same zod schemas as the types: what
// `docs/events/` publishes, and what the fast validator is compiled from.
import { z } from 'zod';
import { deadLetterEventSchema } from './dead-letter-event.ts';
import { outgoingEventSchema } from './outgoing-event.ts';
import { EVENT_SCHEMAS, INPUT_TOPICS, type InputTopic } from './topics.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** The schema of the events of one input topic. */
export function buildInputSchema(topic: InputTopic): JsonSchema {
  return name(z.toJSONSchema(EVENT_SCHEMAS[topic]), topic);
}

/** File name -> schema, for every topic that ECS reads or writes. */
export function buildEventSchemas(): Readonly<Record<string, JsonSchema>> {
  const inputs = INPUT_TOPICS.map((topic) => [`${topic}.schema.json`, buildInputSchema(topic)] as const);
  return {
    ...Object.fromEntries(inputs),
    'ecs.credit-limits.v1.schema.json': name(z.toJSONSchema(outgoingEventSchema), 'ecs.credit-limits.v1'),
    'ecs.dead-letters.v1.schema.json': name(z.toJSONSchema(deadLetterEventSchema), 'ecs.dead-letters.v1'),
  };
}

function name({ $schema, ...rest }: Readonly<Record<string, unknown>>, topic: string): JsonSchema {
  return { $schema, $id: `urn:ecs:schema:${topic}`, title: `Events on ${topic}`, ...rest };
}
