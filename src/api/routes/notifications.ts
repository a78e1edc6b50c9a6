// What happened to a customer: the inbox, and the same rows live as server-sent events.

import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import { OUTGOING_TYPES } from '../../events/outgoing-event.ts';
import { SECOND_MS } from '../../lib/clock.ts';
import { EcsError } from '../../lib/errors.ts';
import { listNotifications, markNotificationRead, type Notification, toOutgoingEvent } from '../../notify/index.ts';
import type { ApiDeps } from '../api-deps.ts';
import { defineRoute, defineStreamRoute, defineWriteRoute, type StreamAnswer } from '../define-route.ts';
import { requireCustomer } from '../require-customer.ts';
import { atSchema, customerParams } from '../schemas/fields.ts';
import { limitField, listOf, sequenceField } from '../schemas/page.ts';

const notificationSchema = z
  .object({
    customerId: z.string(),
    sequence: z.int().describe("The customer's sequence number, from 1 without gaps."),
    eventId: z.string(),
    type: z.enum(OUTGOING_TYPES),
    data: z.record(z.string(), z.unknown()),
    occurredAt: atSchema,
    readAt: atSchema.nullable(),
  })
  .meta({ id: 'Notification' });

const access = { scope: 'notifications:read', reach: 'customer' } as const;

const list = defineRoute({
  operationId: 'listNotifications',
  method: 'get',
  path: '/api/customers/{customerId}/notifications',
  tag: 'Notifications',
  summary: "The customer's inbox",
  access,
  params: customerParams,
  query: z.strictObject({
    afterSequence: sequenceField.optional().describe('Only what came behind this one.'),
    beforeSequence: sequenceField.optional().describe('Only what came before this one.'),
    order: z.enum(['oldest', 'newest']).default('oldest').describe('Which come first.'),
    limit: limitField,
  }),
  answers: { 200: { description: 'The sequence of the last item leads on.', schema: listOf(notificationSchema) } },
  handle: async ({ params, query }, { pool }) => {
    await requireCustomer(pool, params.customerId);
    const { order, ...wanted } = query;
    const items = await listNotifications(pool, params.customerId, { ...wanted, newestFirst: order === 'newest' });
    return { status: 200, body: { items } };
  },
});

const read = defineWriteRoute({
  operationId: 'markNotificationRead',
  method: 'post',
  path: '/api/customers/{customerId}/notifications/{sequence}/read',
  tag: 'Notifications',
  summary: 'Mark a notification as read; the first reading counts',
  access: { scope: 'notifications:write', reach: 'customer' },
  params: customerParams.extend({ sequence: sequenceField }),
  answers: { 200: { description: 'The notification.', schema: notificationSchema } },
  handle: async ({ params, nowMs }, _deps, tx) => {
    const notification = await markNotificationRead(tx, params.customerId, params.sequence, nowMs);
    if (notification === null) throw new EcsError('ECS_NOT_FOUND', 'No such notification.');
    return { status: 200, body: notification };
  },
});

const stream = defineStreamRoute({
  operationId: 'streamNotifications',
  method: 'get',
  path: '/api/customers/{customerId}/stream',
  tag: 'Notifications',
  summary: 'What happens to the customer, live, as server-sent events',
  description:
    'Each event carries its sequence number as `id` and a CloudEvent as `data`. A client that comes back with ' +
    '`Last-Event-ID` goes on without a gap; without it the stream begins behind `afterSequence`, or with the first event.',
  access,
  params: customerParams,
  query: z.strictObject({ afterSequence: sequenceField.optional() }),
  answers: {
    200: { description: 'Server-sent events, without end.', schema: z.string(), mediaType: 'text/event-stream' },
  },
  handle: async ({ params, query, lastEventId }, deps, answer) => {
    const afterSequence = readLastEventId(lastEventId) ?? query.afterSequence ?? 0;
    await requireCustomer(deps.pool, params.customerId);
    await streamNotifications(params.customerId, afterSequence, deps, answer);
  },
});

function readLastEventId(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new EcsError('ECS_REQUEST_INVALID', 'The Last-Event-ID is not one of ours.', {
    facts: { errors: [{ in: 'header', field: 'Last-Event-ID', expected: 'the id of an event of this stream' }] },
  });
}

const PING_MS = 15 * SECOND_MS;
const RETRY_MS = 2 * SECOND_MS;
/** Nothing more is written for a reader this far behind; the events wait in the database, and a stuck reader is cut off. */
const BUFFER_BYTES_MAX = 64 * 1024;
// Without these a proxy may keep events back to send them in larger pieces.
const STREAM_HEADERS = { 'X-Accel-Buffering': 'no', 'Cache-Control': 'no-store, no-transform' };

/** Resolves when the stream is over: the client went, the server closes, or the reader was too slow. */
async function streamNotifications(
  customerId: string,
  afterSequence: number,
  deps: ApiDeps,
  answer: StreamAnswer,
): Promise<void> {
  if (answer.over.aborted) return;
  const res = answer.begin(STREAM_HEADERS);
  res.write(`retry: ${RETRY_MS}\n\n`);
  const ping = setInterval(() => res.write(': ping\n\n'), deps.streamPingMs ?? PING_MS);
  try {
    await new Promise<void>((resolve, reject) => {
      const unsubscribe = deps.notificationStream.subscribe(
        customerId,
        afterSequence,
        (notification) => writeEvent(res, notification),
        (reason, error) => {
          if (reason === 'failed') reject(error);
          else resolve();
          // What a slow reader has not taken by now it will not take: it gets it when it comes back.
          if (reason === 'slow') res.destroy();
        },
      );
      answer.over.addEventListener('abort', () => {
        unsubscribe();
        resolve();
      });
    });
  } finally {
    clearInterval(ping);
  }
}

function writeEvent(res: ServerResponse, notification: Notification): boolean {
  if (res.writableLength > BUFFER_BYTES_MAX) return false;
  const { sequence, type } = notification;
  res.write(`id: ${sequence}\nevent: ${type}\ndata: ${JSON.stringify(toOutgoingEvent(notification))}\n\n`);
  return true;
}

export const notificationRoutes = [list, read, stream];
