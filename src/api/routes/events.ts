// Events over HTTP: CloudEvents in structured form, one or many, on the same road as those from Kafka.
import { z } from 'zod';
import { EVENT_SCHEMAS } from '../../events/topics.ts';
import { defineRoute } from '../define-route.ts';
import { acceptedSchema } from '../schemas/accepted.ts';
import { submitEvents } from '../submit-events.ts';

const EVENTS_BYTES_MAX = 1024 * 1024;
const BATCH_MAX = 5_000;

/** Only for the document: the check itself is that of the topic, the same as behind Kafka. */
const eventSchema = z
  .discriminatedUnion('type', [
    EVENT_SCHEMAS['ecs.customers.v1'].meta({ id: 'CustomerEvent' }),
    EVENT_SCHEMAS['ecs.emotions.v1'].meta({ id: 'EmotionEvent' }),
    EVENT_SCHEMAS['ecs.thoughts.v1'].meta({ id: 'ThoughtEvent' }),
    EVENT_SCHEMAS['ecs.transactions.v1'].meta({ id: 'TransactionEvent' }),
    EVENT_SCHEMAS['ecs.statements.v1'].meta({ id: 'StatementEvent' }),
    EVENT_SCHEMAS['ecs.outcomes.v1'].meta({ id: 'OutcomeEvent' }),
  ])
  .meta({ id: 'Event' });
const batchSchema = z.array(eventSchema).min(1).max(BATCH_MAX);

const submit = defineRoute({
  operationId: 'submitEvents',
  method: 'post',
  path: '/api/events',
  tag: 'Events',
  summary: 'Send one event or a batch',
  description:
    'Answers when the events are durable. A batch is taken whole or not at all. Sending an event again with the same ' +
    '`source` and `id` counts it once, so no Idempotency-Key is needed. A key bound to a customer sends its own emotions and thoughts only.',
  access: { scope: 'events:write', reach: 'customer' },
  body: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown()).min(1).max(BATCH_MAX)]),
  bodyTypes: ['application/cloudevents+json', 'application/cloudevents-batch+json', 'application/json'],
  bodyDocument: {
    'application/cloudevents+json': eventSchema,
    'application/cloudevents-batch+json': batchSchema,
    'application/json': z.union([eventSchema, batchSchema]),
  },
  bodyBytesMax: EVENTS_BYTES_MAX,
  answers: { 202: { description: 'Durable; counted in a moment.', schema: acceptedSchema } },
  problems: ['ECS_KAFKA_UNAVAILABLE', 'ECS_INGEST_BUSY', 'ECS_NOT_FOUND'],
  handle: async ({ body, caller, nowMs }, deps) => {
    const single = !Array.isArray(body);
    return {
      status: 202,
      body: { accepted: await submitEvents(single ? [body] : body, caller, deps, { single, nowMs }) },
    };
  },
});

export const eventRoutes = [submit];
