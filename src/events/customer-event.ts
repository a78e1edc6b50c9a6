// Profile facts and consents of a customer. The newest by event time counts, fact by fact.
import { z } from 'zod';
import { AMOUNT_MINOR_MAX } from '../lib/money.ts';
import { currencySchema, envelopeSchema } from './envelope.ts';

/** What emotional data a customer may consent to; each is granted and withdrawn by itself. */
export const CONSENT_PURPOSES = ['emotions', 'thoughts'] as const;
export type ConsentPurpose = (typeof CONSENT_PURPOSES)[number];

export const customerDataSchema = z.strictObject({
  currency: currencySchema.optional().describe('Needed with a customer that is not known yet; it never changes.'),
  jurisdiction: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional()
    .describe('ISO 3166-1 alpha-2 country whose rules apply; chooses the policy pack.'),
  declaredIncomeMinor: z.int().min(0).max(AMOUNT_MINOR_MAX).optional().describe('Declared income a month.'),
  consents: z.strictObject({ emotions: z.boolean().optional(), thoughts: z.boolean().optional() }).optional(),
});

export const customerEventSchema = envelopeSchema('ecs.customer.v1', customerDataSchema);
export type CustomerEvent = z.infer<typeof customerEventSchema>;
