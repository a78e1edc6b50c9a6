// What goes onto the dead-letter topic: where a record stood, what was wrong with it, and its original bytes where they
// may be kept.
import { z } from 'zod';
import { DEAD_LETTER_CODES } from './accepted-event.ts';

export const deadLetterEventSchema = z.strictObject({
  deadLetterId: z.string(),
  topic: z.string(),
  partition: z.int(),
  offset: z.int(),
  consumerGroup: z.string(),
  code: z.enum(DEAD_LETTER_CODES),
  field: z.string().describe('JSON path of the field, for example data.currency; empty for the record as a whole.'),
  message: z.string().describe('The rule that was broken, in plain words.'),
  customerId: z.string().nullable(),
  eventSource: z.string().nullable(),
  eventId: z.string().nullable(),
  occurredAt: z.string(),
  headers: z.record(z.string(), z.string()),
  originalBase64: z
    .string()
    .nullable()
    .describe('The bytes as they came; null for emotions and thoughts, and where the record was too large to keep.'),
});
export type DeadLetterEvent = z.infer<typeof deadLetterEventSchema>;
