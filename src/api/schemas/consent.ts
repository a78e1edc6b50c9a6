// A consent as it stands.
import { z } from 'zod';
import { atSchema, purposeSchema } from './fields.ts';

export const consentSchema = z
  .object({
    purpose: purposeSchema,
    granted: z.boolean(),
    changedAt: atSchema.nullable().describe('When the customer said it; null where nothing was ever said.'),
    recordedAt: atSchema.nullable(),
    recordedBy: z.string().nullable(),
  })
  .meta({ id: 'Consent' });
