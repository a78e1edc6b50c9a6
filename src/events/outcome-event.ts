// What became of a customer's account in a window that was watched: defaulted or not. The event's (source, id) is the
// report's identity: the same one with other content is refused, a correction is a report of its own, observed later.
import { z } from 'zod';
import { envelopeSchema, instantSchema } from './envelope.ts';

export const OUTCOME_WINDOW_MONTHS_MAX = 60;

export const outcomeDataSchema = z.strictObject({
  asOf: instantSchema.describe('Start of the window: the decision in force then is the one that is measured.'),
  windowMonths: z.int().min(1).max(OUTCOME_WINDOW_MONTHS_MAX).describe('Length of the window in calendar months.'),
  defaulted: z.boolean().describe("By the lender's own definition of default."),
  observedAt: instantSchema.describe(
    'When it was known: a default within or after the window, its absence not before the day on which the window ends. ' +
      'Of several reports about one window the one observed last counts.',
  ),
});

export const outcomeEventSchema = envelopeSchema('ecs.outcome.v1', outcomeDataSchema);
export type OutcomeEvent = z.infer<typeof outcomeEventSchema>;
