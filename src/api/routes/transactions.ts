// Money of a customer: transactions, sent and listed, and the statements they close into.
import { z } from 'zod';
import { customerIdSchema, instantSchema } from '../../events/envelope.ts';
import { TRANSACTION_TYPES, transactionDataSchema } from '../../events/transaction-event.ts';
import { listStatements, listTransactions, STANDINGS } from '../../ledger/index.ts';
import { defineRoute } from '../define-route.ts';
import { requireCustomer } from '../require-customer.ts';
import { acceptedSchema } from '../schemas/accepted.ts';
import { atSchema, customerParams, minorSchema } from '../schemas/fields.ts';
import { pageOf, pageQuery } from '../schemas/page.ts';
import { makeOwnEvent, submitEvents } from '../submit-events.ts';

const transactionSchema = z
  .object({
    source: z.string(),
    transactionId: z.string(),
    type: z.enum(TRANSACTION_TYPES),
    amountMinor: minorSchema,
    currency: z.string(),
    merchantCategory: z.string().nullable(),
    occurredAt: atSchema,
    receivedAt: atSchema,
    statementClosedAt: atSchema.nullable().describe('Close of the statement it was posted to; null while it is open.'),
  })
  .meta({ id: 'Transaction' });

const statementSchema = z
  .object({
    closedAt: atSchema,
    closedBy: z.enum(['ecs', 'lender']),
    balanceMinor: minorSchema,
    minimumDueMinor: minorSchema,
    paidMinor: minorSchema,
    monthsPastDue: z.int(),
    standing: z.enum(STANDINGS),
    limitMinor: minorSchema.nullable(),
    currency: z.string(),
  })
  .meta({ id: 'Statement' });

const newTransactionSchema = transactionDataSchema
  .extend({
    customerId: customerIdSchema,
    transactionId: z.string().min(1).max(200).describe('Unique; the same one again counts once.'),
    occurredAt: instantSchema,
  })
  .meta({ id: 'NewTransaction' });

const submit = defineRoute({
  operationId: 'submitTransaction',
  method: 'post',
  path: '/api/transactions',
  tag: 'Money',
  summary: 'Send one transaction',
  description: 'Short for an `ecs.transaction.v1` event with source `urn:ecs:api` on POST /api/events.',
  access: { scope: 'events:write', reach: 'lender' },
  body: newTransactionSchema,
  answers: { 202: { description: 'Durable; counted in a moment.', schema: acceptedSchema } },
  problems: ['ECS_KAFKA_UNAVAILABLE', 'ECS_INGEST_BUSY'],
  handle: async ({ body, caller, nowMs }, deps) => {
    const { customerId, transactionId, occurredAt, ...data } = body;
    const event = makeOwnEvent('ecs.transaction.v1', {
      id: transactionId,
      subject: customerId,
      time: occurredAt,
      data,
    });
    return { status: 202, body: { accepted: await submitEvents([event], caller, deps, { single: true, nowMs }) } };
  },
});

const transactions = defineRoute({
  operationId: 'listTransactions',
  method: 'get',
  path: '/api/customers/{customerId}/transactions',
  tag: 'Money',
  summary: "A customer's transactions, newest first",
  access: { scope: 'transactions:read', reach: 'customer' },
  params: customerParams,
  query: pageQuery,
  answers: { 200: { description: 'One page.', schema: pageOf(transactionSchema) } },
  handle: async ({ params, query }, { pool }) => {
    await requireCustomer(pool, params.customerId);
    return { status: 200, body: await listTransactions(pool, { ...params, ...query }) };
  },
});

const statements = defineRoute({
  operationId: 'listStatements',
  method: 'get',
  path: '/api/customers/{customerId}/statements',
  tag: 'Money',
  summary: "A customer's statements, newest first",
  access: { scope: 'transactions:read', reach: 'customer' },
  params: customerParams,
  query: pageQuery,
  answers: { 200: { description: 'One page.', schema: pageOf(statementSchema) } },
  handle: async ({ params, query }, { pool }) => {
    await requireCustomer(pool, params.customerId);
    return { status: 200, body: await listStatements(pool, { ...params, ...query }) };
  },
});

export const transactionRoutes = [submit, transactions, statements];
