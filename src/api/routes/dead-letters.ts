// Dead letters: records that could not be counted. Looked at, and put back on their way once the cause is gone.
import { z } from 'zod';
import { DEAD_LETTER_CODES } from '../../events/accepted-event.ts';
import { INPUT_TOPICS } from '../../events/topics.ts';
import type { DeadLetter } from '../../ingest/index.ts';
import { EcsError } from '../../lib/errors.ts';
import { defineRoute } from '../define-route.ts';
import { atSchema } from '../schemas/fields.ts';
import { pageFields, pageOf } from '../schemas/page.ts';

const tag = 'Dead letters';
const reader = { scope: 'dead-letters:read', reach: 'lender' } as const;
const deadLetterParams = z.strictObject({ deadLetterId: z.uuid() });

const itemSchema = z
  .object({
    deadLetterId: z.string(),
    topic: z.string(),
    partition: z.int(),
    offset: z.int(),
    consumerGroup: z.string(),
    code: z.enum(DEAD_LETTER_CODES),
    field: z.string(),
    message: z.string(),
    customerId: z.string().nullable(),
    eventSource: z.string().nullable(),
    eventId: z.string().nullable(),
    kept: z.boolean().describe('The content was kept, so it can be retried. That of emotions and thoughts never is.'),
    occurredAt: atSchema,
    retriedAt: atSchema.nullable(),
  })
  .meta({ id: 'DeadLetter' });

const wholeSchema = itemSchema
  .extend({
    original: z.string().nullable().describe('The record as text.'),
    headers: z.record(z.string(), z.string()),
  })
  .meta({ id: 'DeadLetterWithOriginal' });

const list = defineRoute({
  operationId: 'listDeadLetters',
  method: 'get',
  path: '/api/dead-letters',
  tag,
  summary: 'Dead letters, newest first',
  access: reader,
  query: z.strictObject({
    topic: z.enum(INPUT_TOPICS).optional(),
    code: z.enum(DEAD_LETTER_CODES).optional(),
    ...pageFields,
  }),
  answers: { 200: { description: 'One page, without the records themselves.', schema: pageOf(itemSchema) } },
  handle: async ({ query }, { deadLetters }) => {
    const { items, nextCursor } = await deadLetters.list(query);
    return { status: 200, body: { items: items.map(toItem), nextCursor } };
  },
});

const get = defineRoute({
  operationId: 'getDeadLetter',
  method: 'get',
  path: '/api/dead-letters/{deadLetterId}',
  tag,
  summary: 'One dead letter with its record',
  access: reader,
  params: deadLetterParams,
  answers: { 200: { description: 'The dead letter.', schema: wholeSchema } },
  handle: async ({ params }, { deadLetters }) => {
    const deadLetter = await deadLetters.get(params.deadLetterId);
    if (deadLetter === null) throw new EcsError('ECS_NOT_FOUND', 'No such dead letter.');
    return { status: 200, body: toWhole(deadLetter) };
  },
});

const retry = defineRoute({
  operationId: 'retryDeadLetter',
  method: 'post',
  path: '/api/dead-letters/{deadLetterId}/retry',
  tag,
  summary: 'Put the original record back on its way',
  description:
    'Safe to repeat: an event that was counted meanwhile counts no second time. Still wrong, it comes back as a new dead letter.',
  access: { scope: 'dead-letters:write', reach: 'lender' },
  params: deadLetterParams,
  answers: { 202: { description: 'On its way.', schema: wholeSchema } },
  problems: ['ECS_CONFLICT'],
  handle: async ({ params }, { deadLetters }) => ({
    status: 202,
    body: toWhole(await deadLetters.retry(params.deadLetterId)),
  }),
});

function toItem({ original, headers, ...item }: DeadLetter): z.input<typeof itemSchema> {
  return { ...item, kept: original !== null };
}

function toWhole(deadLetter: DeadLetter): z.input<typeof wholeSchema> {
  return { ...toItem(deadLetter), original: deadLetter.original, headers: { ...deadLetter.headers } };
}

export const deadLetterRoutes = [list, get, retry];
