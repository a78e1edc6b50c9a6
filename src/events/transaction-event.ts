// One movement of money. The event's (source, id) is the transaction's identity: the same one with other content is refused.
import { z } from 'zod';
import { AMOUNT_MINOR_MAX } from '../lib/money.ts';
import { currencySchema, envelopeSchema } from './envelope.ts';

export const TRANSACTION_TYPES = [
  'purchase',
  'payment',
  'refund',
  'cash_advance',
  'fee',
  'interest',
  'income',
] as const;
export type TransactionType = (typeof TRANSACTION_TYPES)[number];

export const transactionDataSchema = z.strictObject({
  type: z.enum(TRANSACTION_TYPES),
  amountMinor: z
    .int()
    .min(1)
    .max(AMOUNT_MINOR_MAX)
    .describe('Positive amount in minor units; the type gives the direction.'),
  currency: currencySchema,
  merchantCategory: z
    .string()
    .regex(/^\d{4}$/)
    .optional()
    .describe('ISO 18245 merchant category code.'),
});

export const transactionEventSchema = envelopeSchema('ecs.transaction.v1', transactionDataSchema);
export type TransactionEvent = z.infer<typeof transactionEventSchema>;
