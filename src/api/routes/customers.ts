// Customers: who they are, what they consented to, and their credit account.
import { z } from 'zod';
import { loadDatabaseTime, type Queryable } from '../../db/index.ts';
import { customerDataSchema } from '../../events/customer-event.ts';
import { type CustomerView, listCustomers, loadCustomer, type Page } from '../../ledger/index.ts';
import { listConsents } from '../../privacy/index.ts';
import { defineRoute } from '../define-route.ts';
import { requireCustomer } from '../require-customer.ts';
import { acceptedSchema } from '../schemas/accepted.ts';
import { consentSchema } from '../schemas/consent.ts';
import { atSchema, customerParams, minorSchema } from '../schemas/fields.ts';
import { pageFields, pageOf } from '../schemas/page.ts';
import { makeOwnEvent, submitEvents } from '../submit-events.ts';

const customerSchema = z
  .object({
    customerId: z.string(),
    currency: z.string(),
    jurisdiction: z.string().nullable(),
    declaredIncomeMinor: minorSchema.nullable(),
    createdAt: atSchema,
    account: z.object({
      limitMinor: minorSchema.nullable().describe('Credit limit in force; null before the first decision.'),
      limitChangedAt: atSchema.nullable(),
      statementsBy: z.enum(['ecs', 'lender']),
      frozen: z.object({ at: atSchema, by: z.string(), reason: z.string() }).nullable(),
    }),
  })
  .meta({ id: 'Customer' });

const listQuery = z.strictObject({
  ...pageFields,
  prefix: z.string().min(1).max(200).optional().describe('Only customers whose id begins so.'),
});

const list = defineRoute({
  operationId: 'listCustomers',
  method: 'get',
  path: '/api/customers',
  tag: 'Customers',
  summary: 'Customers, newest first',
  description: 'A key bound to a customer lists that customer only.',
  access: { scope: 'customers:read', reach: 'customer' },
  query: listQuery,
  answers: { 200: { description: 'One page.', schema: pageOf(customerSchema) } },
  handle: async ({ query, caller }, { pool }) => {
    const page =
      caller.customerId === null ? await listCustomers(pool, query) : await pageOfOne(pool, caller.customerId);
    return { status: 200, body: page };
  },
});

async function pageOfOne(db: Queryable, customerId: string): Promise<Page<CustomerView>> {
  const customer = await loadCustomer(db, customerId);
  return { items: customer === null ? [] : [customer], nextCursor: null };
}

const get = defineRoute({
  operationId: 'getCustomer',
  method: 'get',
  path: '/api/customers/{customerId}',
  tag: 'Customers',
  summary: 'One customer with consents and credit account',
  access: { scope: 'customers:read', reach: 'customer' },
  params: customerParams,
  answers: {
    200: {
      description: 'The customer.',
      schema: customerSchema.extend({ consents: z.array(consentSchema) }).meta({ id: 'CustomerWithConsents' }),
    },
  },
  handle: async ({ params }, { pool }) => {
    const customer = await requireCustomer(pool, params.customerId);
    return { status: 200, body: { ...customer, consents: await listConsents(pool, params.customerId) } };
  },
});

const put = defineRoute({
  operationId: 'putCustomer',
  method: 'put',
  path: '/api/customers/{customerId}',
  tag: 'Customers',
  summary: 'Create a customer or state profile facts',
  description:
    'Goes the road of events as an `ecs.customer.v1` of this moment; facts that are left out stay as they are.',
  access: { scope: 'customers:write', reach: 'lender' },
  params: customerParams,
  body: customerDataSchema,
  answers: { 202: { description: 'Durable; counted in a moment.', schema: acceptedSchema } },
  problems: ['ECS_KAFKA_UNAVAILABLE', 'ECS_INGEST_BUSY'],
  handle: async ({ params, body, caller, nowMs }, deps) => {
    // Of two words the later one holds, whichever process took it: so they are timed by the clock that all share.
    const time = new Date(await loadDatabaseTime(deps.pool)).toISOString();
    const event = makeOwnEvent('ecs.customer.v1', { id: deps.makeId(), subject: params.customerId, time, data: body });
    return { status: 202, body: { accepted: await submitEvents([event], caller, deps, { single: true, nowMs }) } };
  },
});

export const customerRoutes = [list, get, put];
