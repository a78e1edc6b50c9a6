// Whether the model still holds: drift against training, and how right decisions turned out to be. Figures about all
// customers together, never about one.
import { z } from 'zod';
import { VERDICTS } from '../../monitoring/index.ts';
import { defineRoute } from '../define-route.ts';
import { atSchema } from '../schemas/fields.ts';

const access = { scope: 'monitoring:read', reach: 'lender' } as const;
const tag = 'Monitoring';

const verdictSchema = z
  .enum(VERDICTS)
  .describe('`too_few` to say, `stable`, `watch` or `act`: a shift must both matter and be no accident.');

const intervalSchema = z
  .object({ estimate: z.number(), low: z.number(), high: z.number() })
  .meta({ id: 'Interval', description: 'With the ends of its 95 % interval.' });

const driftLineSchema = z
  .object({
    name: z.string(),
    referenceRows: z.number(),
    recentRows: z.int(),
    bins: z.int(),
    psi: z.number().describe('Population stability index.'),
    psiByChance: z.number().describe('What the index comes to without any shift, from the numbers of rows.'),
    shift: z.number().describe('`psi` less `psiByChance`: above 0.1 to watch, above 0.25 to act.'),
    pValue: z.number(),
    pValueOfAll: z.number().describe('Corrected for all lines together (Holm); significant up to 0.01.'),
    verdict: verdictSchema,
  })
  .meta({ id: 'DriftLine' });

const driftSchema = z
  .object({
    computedAt: atSchema,
    modelVersion: z.string(),
    customers: z
      .int()
      .describe('At most about 20,000, drawn from all; the newest decision of each in the last 62 days.'),
    verdict: verdictSchema,
    scoreReference: z.enum(['training', 'first_decisions']).nullable(),
    score: driftLineSchema.nullable(),
    features: z.array(driftLineSchema),
  })
  .meta({ id: 'Drift' });

const performanceLineSchema = z
  .object({
    modelVersion: z.string(),
    windowMonths: z.int(),
    month: z.string().nullable().describe('In which the window began; null over all months.'),
    outcomes: z.int(),
    customers: z.int().describe('Intervals count these, since windows of one customer overlap.'),
    defaults: z.int(),
    auc: intervalSchema.nullable(),
    ks: intervalSchema.nullable(),
    observedRate: intervalSchema,
    expectedRate: z.number(),
    observedToExpected: intervalSchema.describe('1 is right, above it the model is too hopeful.'),
    slope: intervalSchema.nullable(),
    intercept: intervalSchema.nullable(),
    emotion: z
      .object({ outcomes: z.int(), defaults: z.int(), aucWithout: intervalSchema, aucWith: intervalSchema })
      .nullable()
      .describe('Where emotion had a say in the score.'),
    verdict: verdictSchema,
    findings: z.array(z.enum(['calibration', 'ranking'])),
  })
  .meta({ id: 'PerformanceLine' });

const performanceSchema = z
  .object({
    computedAt: atSchema,
    verdict: verdictSchema,
    outcomes: z
      .int()
      .describe('At most about 50,000, drawn from windows of the last three years that ended 31 days ago or earlier.'),
    totals: z.array(performanceLineSchema).describe('By model version and length of the window.'),
    months: z.array(performanceLineSchema).describe('Newest first.'),
  })
  .meta({ id: 'Performance' });

const drift = defineRoute({
  operationId: 'getDrift',
  method: 'get',
  path: '/api/monitoring/drift',
  tag,
  summary: 'How far customers have moved from those the model was trained on',
  description: 'Measured at most every 15 minutes.',
  access,
  answers: { 200: { description: 'Score and features.', schema: driftSchema } },
  handle: async (_request, { monitor }) => {
    const report = await monitor.report();
    return { status: 200, body: { computedAt: report.computedAt, ...report.drift } };
  },
});

const measured = defineRoute({
  operationId: 'getPerformance',
  method: 'get',
  path: '/api/monitoring/performance',
  tag,
  summary: 'How right decisions turned out to be, by the outcomes that were reported',
  description: 'Measured at most every 15 minutes.',
  access,
  answers: { 200: { description: 'By model version, window and month.', schema: performanceSchema } },
  handle: async (_request, { monitor }) => {
    const report = await monitor.report();
    return { status: 200, body: { computedAt: report.computedAt, ...report.performance } };
  },
});

export const monitoringRoutes = [drift, measured];
