// A decision as the API tells it: the answer of every operation that decides, and the item of every list of decisions.
import { z } from 'zod';
import { DECISION_OUTCOMES, DECISION_TRIGGERS } from '../../decision/index.ts';
import { CREDIT_TYPES, EMOTION_MODES } from '../../policy/index.ts';
import { atSchema, minorSchema } from './fields.ts';

export const outcomeSchema = z.enum(DECISION_OUTCOMES);

const reasonSchema = z
  .object({
    code: z.string().describe('Stable; never reused.'),
    text: z.string(),
    details: z.record(z.string(), z.union([z.number(), z.string()])),
  })
  .meta({ id: 'Reason' });

export const decisionSchema = z
  .object({
    decisionId: z.string(),
    customerId: z.string(),
    sequence: z.int(),
    decidedAt: atSchema,
    trigger: z.enum(DECISION_TRIGGERS),
    outcome: outcomeSchema,
    approved: z.boolean().describe('The finances alone allow credit; emotion has no say in it.'),
    currency: z.string(),
    limitMinor: minorSchema.describe('In force after the decision; 0 where there is none.'),
    previousLimitMinor: minorSchema.nullable(),
    limitWithoutEmotionMinor: minorSchema.describe('What it would be without emotion.'),
    scheduledLimitMinor: minorSchema.nullable().describe('Decided, but waiting for assent or for the end of notice.'),
    score: z.int().nullable(),
    probabilityOfDefault: z.number().nullable(),
    rateBps: z.int().nullable(),
    creditType: z.enum(CREDIT_TYPES).nullable(),
    reasons: z.array(reasonSchema).describe('At most four, the weightiest first.'),
    emotion: z.object({ mode: z.enum(EMOTION_MODES), used: z.boolean(), logOdds: z.number() }),
    contributions: z
      .array(z.object({ feature: z.string(), logOdds: z.number() }))
      .describe('Log-odds of default; they add up to the score.'),
    modelVersion: z.string().nullable(),
    policyVersion: z.string().nullable(),
    requestedBy: z.string(),
  })
  .meta({ id: 'Decision' });
