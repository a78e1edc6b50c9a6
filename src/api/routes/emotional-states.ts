// How a customer feels, as far as consent reaches: levels now, and days for the pictures.
import { z } from 'zod';
import { loadEmotionalState, loadEmotionDays } from '../../affect/index.ts';
import { defineRoute } from '../define-route.ts';
import { requireCustomer } from '../require-customer.ts';
import { atSchema, customerParams, purposeSchema } from '../schemas/fields.ts';
import { listOf } from '../schemas/page.ts';

const DAYS_MAX = 366;

const levelsSchema = z
  .object({
    valence: z.number(),
    arousal: z.number().nullable().describe('Null for thoughts, which carry none.'),
    stress: z.number().nullable(),
    valenceVariability: z.number().nullable(),
    negativeShare: z.number(),
    distressedShare: z.number(),
    effectiveSamples: z.number(),
  })
  .meta({ id: 'EmotionLevels' });

const stateSchema = z
  .object({
    purpose: purposeSchema,
    consent: z.object({ granted: z.boolean(), changedAt: atSchema }).nullable(),
    readings: z.int(),
    lastEventAt: atSchema.nullable(),
    recent: levelsSchema.nullable().describe('Half-life 3 days; null when there is nothing recent.'),
    longTerm: levelsSchema.nullable().describe('Half-life 30 days; null when there is no reading.'),
  })
  .meta({ id: 'EmotionalState' });

const daySchema = z
  .object({
    day: z.string().describe('UTC day, for example 2026-11-22.'),
    readings: z.int(),
    valence: z.number(),
    arousal: z.number().nullable(),
    stress: z.number().nullable(),
  })
  .meta({ id: 'EmotionDay' });

const access = { scope: 'states:read', reach: 'customer' } as const;

const state = defineRoute({
  operationId: 'getEmotionalState',
  method: 'get',
  path: '/api/customers/{customerId}/emotional-state',
  tag: 'Emotional state',
  summary: 'Emotional state now, one entry per purpose',
  access,
  params: customerParams,
  answers: { 200: { description: 'Without live consent an entry holds nothing.', schema: listOf(stateSchema) } },
  handle: async ({ params, nowMs }, { pool }) => {
    await requireCustomer(pool, params.customerId);
    return { status: 200, body: { items: await loadEmotionalState(pool, params.customerId, nowMs) } };
  },
});

const daysField = z
  .string()
  .regex(/^\d{1,3}$/, `expected a number from 1 to ${DAYS_MAX}`)
  .transform(Number)
  .pipe(z.int().min(1).max(DAYS_MAX))
  .default(90)
  .meta({ type: 'integer', minimum: 1, maximum: DAYS_MAX, default: 90 });

const days = defineRoute({
  operationId: 'listEmotionDays',
  method: 'get',
  path: '/api/customers/{customerId}/emotional-state/days',
  tag: 'Emotional state',
  summary: 'Daily means of the readings, oldest first',
  access,
  params: customerParams,
  query: z.strictObject({ purpose: purposeSchema.default('emotions'), days: daysField }),
  answers: { 200: { description: 'Days that have readings.', schema: listOf(daySchema) } },
  handle: async ({ params, query }, { pool }) => {
    await requireCustomer(pool, params.customerId);
    return { status: 200, body: { items: await loadEmotionDays(pool, params.customerId, query.purpose, query.days) } };
  },
});

export const emotionalStateRoutes = [state, days];
