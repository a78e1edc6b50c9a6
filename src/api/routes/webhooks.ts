// Webhooks: where the lender wants to be told, signed, and what became of each delivery.
import { z } from 'zod';
import { customerIdSchema } from '../../events/envelope.ts';
import { OUTGOING_TYPES } from '../../events/outgoing-event.ts';
import { HOUR_MS } from '../../lib/clock.ts';
import { EcsError } from '../../lib/errors.ts';
import {
  createWebhook,
  deleteWebhook,
  disableWebhook,
  enableWebhook,
  getWebhook,
  listDeliveries,
  listWebhooks,
  redeliver,
  rotateWebhookSecret,
  webhookDestination,
} from '../../notify/index.ts';
import { defineRoute, defineWriteRoute } from '../define-route.ts';
import { decodeCursor, encodeCursor } from '../encode-cursor.ts';
import { atSchema } from '../schemas/fields.ts';
import { listOf, pageFields, pageOf } from '../schemas/page.ts';

const access = { scope: 'webhooks:write', reach: 'lender' } as const;
const tag = 'Webhooks';
const webhookParams = z.strictObject({ webhookId: z.uuid() });
const typeSchema = z.enum(OUTGOING_TYPES);
const stateSchema = z.enum(['pending', 'delivered', 'dead']);

const webhookSchema = z
  .object({
    webhookId: z.string(),
    url: z.string(),
    eventTypes: z.array(typeSchema),
    state: z.enum(['enabled', 'disabled', 'deleted']),
    previousSecretUntil: atSchema.nullable().describe('Until then the secret before the last rotation signs too.'),
    createdAt: atSchema,
    createdBy: z.string(),
  })
  .meta({ id: 'Webhook' });

const secretSchema = z
  .object({ webhook: webhookSchema, secret: z.string().describe('Signs every delivery. Shown now and never again.') })
  .meta({ id: 'WebhookWithSecret' });

const deliverySchema = z
  .object({
    customerId: z.string(),
    sequence: z.int(),
    eventId: z.string(),
    type: typeSchema,
    state: stateSchema,
    attempts: z.int(),
    lastError: z.string().nullable(),
    queuedAt: atSchema,
    nextAttemptAt: atSchema.nullable(),
    deliveredAt: atSchema.nullable(),
  })
  .meta({ id: 'Delivery' });

const list = defineRoute({
  operationId: 'listWebhooks',
  method: 'get',
  path: '/api/webhooks',
  tag,
  summary: 'Webhooks, newest first',
  access,
  answers: { 200: { description: 'All of them; never a secret.', schema: listOf(webhookSchema) } },
  handle: async (_request, { pool }) => ({ status: 200, body: { items: await listWebhooks(pool) } }),
});

const create = defineWriteRoute({
  operationId: 'createWebhook',
  method: 'post',
  path: '/api/webhooks',
  tag,
  summary: 'Register a webhook; it gets events from now on',
  access,
  body: z
    .strictObject({
      url: z
        .string()
        .min(1)
        .max(2000)
        .regex(/^[\x21-\x7e]+$/)
        .describe('Public http or https address.'),
      eventTypes: z
        .array(typeSchema)
        .min(1)
        .max(OUTGOING_TYPES.length)
        .default([...OUTGOING_TYPES]),
    })
    .meta({ id: 'NewWebhook' }),
  answers: { 201: { description: 'Registered.', schema: secretSchema } },
  problems: ['ECS_CONFLICT'],
  answersSecret: true,
  handle: async ({ body, caller, nowMs }, { makeId, webhookRules }, tx) => ({
    status: 201,
    body: await createWebhook(
      tx,
      { ...body, webhookId: makeId(), createdBy: `key:${caller.keyId}` },
      nowMs,
      webhookRules,
    ),
  }),
});

const get = defineRoute({
  operationId: 'getWebhook',
  method: 'get',
  path: '/api/webhooks/{webhookId}',
  tag,
  summary: 'One webhook',
  access,
  params: webhookParams,
  answers: { 200: { description: 'The webhook.', schema: webhookSchema } },
  handle: async ({ params }, { pool }) => ({ status: 200, body: found(await getWebhook(pool, params.webhookId)) }),
});

const switchState = defineWriteRoute({
  operationId: 'switchWebhook',
  method: 'put',
  path: '/api/webhooks/{webhookId}/state',
  tag,
  summary: 'Enable or disable a webhook',
  description: 'Disabling turns what is pending into dead letters, which can be redelivered.',
  access,
  params: webhookParams,
  body: z.strictObject({ enabled: z.boolean() }).meta({ id: 'WebhookSwitch' }),
  answers: { 200: { description: 'The webhook.', schema: webhookSchema } },
  handle: async ({ params: { webhookId }, body }, _deps, tx) => {
    const change = body.enabled
      ? enableWebhook(tx, webhookId)
      : disableWebhook(tx, webhookId, 'the webhook was disabled');
    return { status: 200, body: found(await change) };
  },
});

const rotate = defineWriteRoute({
  operationId: 'rotateWebhookSecret',
  method: 'post',
  path: '/api/webhooks/{webhookId}/rotate',
  tag,
  summary: 'Make a new secret; both sign for a while',
  access,
  params: webhookParams,
  body: z
    .strictObject({ overlapHours: z.int().min(0).max(720).default(24) })
    .prefault({})
    .meta({ id: 'WebhookRotation' }),
  answers: { 201: { description: 'The new secret.', schema: secretSchema } },
  answersSecret: true,
  handle: async ({ params, body, nowMs }, _deps, tx) => ({
    status: 201,
    body: found(await rotateWebhookSecret(tx, params.webhookId, nowMs, body.overlapHours * HOUR_MS)),
  }),
});

const remove = defineWriteRoute({
  operationId: 'deleteWebhook',
  method: 'delete',
  path: '/api/webhooks/{webhookId}',
  tag,
  summary: 'Delete a webhook and its secrets',
  access,
  params: webhookParams,
  answers: { 200: { description: 'Deleted; its deliveries stay, for the record.', schema: webhookSchema } },
  handle: async ({ params }, _deps, tx) => ({ status: 200, body: found(await deleteWebhook(tx, params.webhookId)) }),
});

const positionSchema = z.strictObject({ customerId: customerIdSchema, sequence: z.int().min(0) });

const deliveries = defineRoute({
  operationId: 'listDeliveries',
  method: 'get',
  path: '/api/webhooks/{webhookId}/deliveries',
  tag,
  summary: 'What became of the events for a webhook, by customer and sequence',
  access,
  params: webhookParams,
  query: z.strictObject({ state: stateSchema.default('dead'), ...pageFields }),
  answers: { 200: { description: 'One page.', schema: pageOf(deliverySchema) } },
  handle: async ({ params: { webhookId }, query: { state, limit, cursor } }, { pool }) => {
    found(await getWebhook(pool, webhookId));
    const after = cursor === undefined ? undefined : decodeCursor(positionSchema, cursor);
    const items = await listDeliveries(pool, webhookDestination(webhookId), { state, after, limit });
    const last = items.length === limit ? items.at(-1) : undefined;
    const position = last === undefined ? null : encodeCursor({ customerId: last.customerId, sequence: last.sequence });
    return { status: 200, body: { items, nextCursor: position } };
  },
});

const redeliverDead = defineWriteRoute({
  operationId: 'redeliver',
  method: 'post',
  path: '/api/webhooks/{webhookId}/redeliver',
  tag,
  summary: 'Put dead letters back into their lines: all, or those of a customer, or one',
  access,
  params: webhookParams,
  body: z
    .strictObject({ customerId: customerIdSchema.optional(), sequence: z.int().min(1).optional() })
    .prefault({})
    .meta({ id: 'Redelivery' }),
  answers: { 200: { description: 'How many.', schema: z.object({ redelivered: z.int() }) } },
  handle: async ({ params: { webhookId }, body }, _deps, tx) => {
    found(await getWebhook(tx, webhookId));
    return { status: 200, body: { redelivered: await redeliver(tx, webhookDestination(webhookId), body) } };
  },
});

function found<Value>(value: Value | null): Value {
  if (value === null) throw new EcsError('ECS_NOT_FOUND', 'No such webhook.');
  return value;
}

export const webhookRoutes = [list, create, get, switchState, rotate, remove, deliveries, redeliverDead];
