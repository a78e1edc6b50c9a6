// What a customer thinks, about money or otherwise: a text, scored for sentiment and then dropped, or a ready sentiment.
// Exactly one of the two is given; `parse-event` refuses both and neither.
import { z } from 'zod';
import { envelopeSchema } from './envelope.ts';

export const thoughtDataSchema = z.strictObject({
  topic: z.enum(['financial', 'other']),
  text: z.string().min(1).max(4000).optional().describe('Scored for sentiment and then dropped, never stored.'),
  sentiment: z.number().min(-1).max(1).optional(),
  confidence: z.number().min(0).max(1).optional().describe('1 where absent; capped at 0.5 for scored text.'),
});

export const thoughtEventSchema = envelopeSchema('ecs.thought.v1', thoughtDataSchema);
export type ThoughtEvent = z.infer<typeof thoughtEventSchema>;
