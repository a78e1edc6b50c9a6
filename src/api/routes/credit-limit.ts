// The credit limit: evaluated now, set or frozen by an officer, and where it stood before. Each change is a decision.
import { z } from 'zod';
import { listLimits } from '../../decision/index.ts';
import { customerIdSchema } from '../../events/envelope.ts';
import { EcsError } from '../../lib/errors.ts';
import { DECISION_MEMORY } from '../decision-memory.ts';
import { defineRoute, defineSharedWriteRoute, defineWriteRoute } from '../define-route.ts';
import { requireCustomer } from '../require-customer.ts';
import { decisionSchema } from '../schemas/decision.ts';
import { atSchema, customerParams, limitMinorField, minorSchema, reasonField } from '../schemas/fields.ts';
import { listOf } from '../schemas/page.ts';

const officer = { scope: 'limits:write', reach: 'lender' } as const;
const decided = { 200: { description: 'The decision.', schema: decisionSchema } } as const;
const orderSchema = z.strictObject({ reason: reasonField });

const evaluate = defineSharedWriteRoute({
  operationId: 'evaluateCreditLimit',
  method: 'post',
  path: '/api/credit-limit',
  tag: 'Credit limit',
  summary: "Evaluate a customer now and update the customer's limit",
  description:
    'Decides with and without emotion, applies the no-harm rule, stores the decision, changes the limit and explains.',
  access: { scope: 'decisions:write', reach: 'customer' },
  body: z
    .strictObject({
      customerId: customerIdSchema,
      requestedLimitMinor: limitMinorField
        .min(1)
        .optional()
        .describe('A limit the customer asks for; never more is given.'),
      dryRun: z.boolean().optional().describe('Decide and explain, but store and change nothing.'),
    })
    .meta({ id: 'CreditLimitRequest' }),
  answers: decided,
  problems: ['ECS_NOT_FOUND', 'ECS_IMPORT_RUNNING'],
  memory: DECISION_MEMORY,
  ahead: true,
  turnOf: ({ body }) => body.customerId,
  handle: async (requests, { decider }, tx) => {
    const asked = requests.map(({ body, caller }) => ({
      ...body,
      trigger: 'api' as const,
      requestedBy: `key:${caller.keyId}`,
    }));
    const decided = await decider.decideCustomers(tx, asked);
    return decided.map((one) => (one instanceof EcsError ? one : { status: 200, body: one }));
  },
});

const set = defineWriteRoute({
  operationId: 'setCreditLimit',
  method: 'put',
  path: '/api/customers/{customerId}/credit-limit',
  tag: 'Credit limit',
  summary: 'Set the limit by hand',
  access: officer,
  params: customerParams,
  body: orderSchema.extend({ limitMinor: limitMinorField }).meta({ id: 'ManualLimit' }),
  answers: decided,
  problems: ['ECS_IMPORT_RUNNING'],
  memory: DECISION_MEMORY,
  handle: async ({ params, body, caller }, { decider }, tx) => ({
    status: 200,
    body: await decider.setLimitByHand(tx, { ...params, ...body, requestedBy: `key:${caller.keyId}` }),
  }),
});

const freeze = defineWriteRoute({
  operationId: 'freezeAccount',
  method: 'put',
  path: '/api/customers/{customerId}/freeze',
  tag: 'Credit limit',
  summary: 'Stop automatic changes of the limit',
  access: officer,
  params: customerParams,
  body: orderSchema.meta({ id: 'FreezeOrder' }),
  answers: decided,
  problems: ['ECS_CONFLICT', 'ECS_IMPORT_RUNNING'],
  memory: DECISION_MEMORY,
  handle: async ({ params, body, caller }, { decider }, tx) => ({
    status: 200,
    body: await decider.freezeAccount(tx, { ...params, ...body, requestedBy: `key:${caller.keyId}` }),
  }),
});

const unfreeze = defineWriteRoute({
  operationId: 'unfreezeAccount',
  method: 'delete',
  path: '/api/customers/{customerId}/freeze',
  tag: 'Credit limit',
  summary: 'Allow automatic changes again',
  access: officer,
  params: customerParams,
  // In the query: a body on DELETE is dropped by some proxies.
  query: orderSchema,
  answers: decided,
  problems: ['ECS_CONFLICT', 'ECS_IMPORT_RUNNING'],
  memory: DECISION_MEMORY,
  handle: async ({ params, query, caller }, { decider }, tx) => ({
    status: 200,
    body: await decider.unfreezeAccount(tx, { ...params, ...query, requestedBy: `key:${caller.keyId}` }),
  }),
});

const limitSchema = z
  .object({
    decisionId: z.string().describe('The decision it came from.'),
    limitMinor: minorSchema,
    state: z.enum(['scheduled', 'in_force', 'superseded']),
    validFrom: atSchema,
    validTo: atSchema.nullable().describe('Half-open; null while it is in force or scheduled.'),
  })
  .meta({ id: 'CreditLimit' });

const limits = defineRoute({
  operationId: 'listLimits',
  method: 'get',
  path: '/api/customers/{customerId}/limits',
  tag: 'Credit limit',
  summary: "A customer's limits, newest first",
  access: { scope: 'decisions:read', reach: 'customer' },
  params: customerParams,
  answers: { 200: { description: 'In force, scheduled and past.', schema: listOf(limitSchema) } },
  handle: async ({ params }, { pool }) => {
    await requireCustomer(pool, params.customerId);
    return { status: 200, body: { items: await listLimits(pool, params.customerId) } };
  },
});

export const creditLimitRoutes = [evaluate, set, freeze, unfreeze, limits];
