// A statement closed by the lender's card system. A lender that sends none leaves the closing to ECS
// (ledger/close-statement); once one came for a customer, ECS closes no more for that customer.
import { z } from 'zod';
import { AMOUNT_MINOR_MAX } from '../lib/money.ts';
import { currencySchema, envelopeSchema, instantSchema } from './envelope.ts';

export const statementDataSchema = z.strictObject({
  closedAt: instantSchema.describe('End of the statement period; one statement per customer and instant.'),
  currency: currencySchema,
  balanceMinor: z
    .int()
    .min(-AMOUNT_MINOR_MAX)
    .max(AMOUNT_MINOR_MAX)
    .describe('Owed at the close; negative is a credit balance.'),
  minimumDueMinor: z.int().min(0).max(AMOUNT_MINOR_MAX),
  paidMinor: z.int().min(0).max(AMOUNT_MINOR_MAX).describe('Paid since the statement before.'),
  monthsPastDue: z.int().min(0).max(120),
  standing: z
    .enum(['inactive', 'paid_in_full', 'revolving', 'past_due'])
    .optional()
    .describe('Derived from the figures by the documented rule where absent.'),
  limitMinor: z
    .int()
    .min(0)
    .max(AMOUNT_MINOR_MAX)
    .optional()
    .describe('Credit limit of the day; the limit in force at that time in ECS where absent.'),
});

export const statementEventSchema = envelopeSchema('ecs.statement.v1', statementDataSchema);
export type StatementEvent = z.infer<typeof statementEventSchema>;
