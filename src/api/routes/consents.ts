// Consents: what a customer allows, purpose by purpose. A withdrawal has deleted what was derived before it answers.
import { z } from 'zod';
import { loadDatabaseTime, type Queryable } from '../../db/index.ts';
import { CONSENT_PURPOSES } from '../../events/customer-event.ts';
import { instantSchema } from '../../events/envelope.ts';
import { parseInstant } from '../../events/parse-instant.ts';
import { assert } from '../../lib/assert.ts';
import { EcsError } from '../../lib/errors.ts';
import { listConsents, recordConsents } from '../../privacy/index.ts';
import { defineRoute, defineWriteRoute } from '../define-route.ts';
import { customerNotFound, requireCustomer } from '../require-customer.ts';
import { consentSchema } from '../schemas/consent.ts';
import { customerParams, purposeSchema } from '../schemas/fields.ts';
import { listOf } from '../schemas/page.ts';

const list = defineRoute({
  operationId: 'listConsents',
  method: 'get',
  path: '/api/customers/{customerId}/consents',
  tag: 'Consents',
  summary: 'What the customer consented to',
  access: { scope: 'customers:read', reach: 'customer' },
  params: customerParams,
  answers: { 200: { description: 'One entry per purpose.', schema: listOf(consentSchema) } },
  handle: async ({ params }, { pool }) => {
    await requireCustomer(pool, params.customerId);
    return { status: 200, body: { items: await listConsents(pool, params.customerId) } };
  },
});

const put = defineWriteRoute({
  operationId: 'putConsent',
  method: 'put',
  path: '/api/customers/{customerId}/consents/{purpose}',
  tag: 'Consents',
  summary: 'Grant or withdraw consent for a purpose',
  description:
    'The newest word by `changedAt` counts: an older one is kept for the proof. Only events from the time of the grant on enter the state, whenever they arrive.',
  access: { scope: 'consents:write', reach: 'customer' },
  params: customerParams.extend({ purpose: purposeSchema }),
  body: z
    .strictObject({
      granted: z.boolean(),
      changedAt: instantSchema.optional().describe('When the customer said it; now where absent.'),
    })
    .meta({ id: 'ConsentWord' }),
  answers: { 200: { description: 'The consent as it stands now.', schema: consentSchema } },
  handle: async ({ params, body, caller, nowMs }, deps, tx) => {
    const change = {
      customerId: params.customerId,
      purpose: params.purpose,
      granted: body.granted,
      changedAtMs: await readChangedAt(tx, body.changedAt, nowMs),
      recordedBy: `key:${caller.keyId}`,
    };
    const [outcome] = await recordConsents(tx, [change], nowMs, { kafka: deps.kafkaDestination, makeId: deps.makeId });
    if (outcome === 'unknown_customer') throw customerNotFound();
    const consent = (await listConsents(tx, params.customerId)).find(({ purpose }) => purpose === params.purpose);
    assert(consent !== undefined, `every purpose of ${CONSENT_PURPOSES} is listed`);
    return { status: 200, body: consent };
  },
});

async function readChangedAt(tx: Queryable, text: string | undefined, nowMs: number): Promise<number> {
  const changedAtMs = text === undefined ? nowMs : parseInstant(text);
  // A word from the future would overrule every word until then.
  if (changedAtMs <= nowMs || changedAtMs <= (await loadDatabaseTime(tx))) return changedAtMs;
  throw new EcsError('ECS_REQUEST_INVALID', 'expected an instant that exists and is not in the future', {
    facts: { field: 'changedAt' },
  });
}

export const consentRoutes = [list, put];
