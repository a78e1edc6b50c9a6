// How a customer feels, as reported or measured. Either valence and arousal are given, or a label that the published
// table maps to them (affect/label-table); `parse-event` refuses an event with neither.
import { z } from 'zod';
import { envelopeSchema } from './envelope.ts';

export const EMOTION_SOURCES = ['self_report', 'text', 'voice', 'face', 'physiology'] as const;

export const emotionDataSchema = z.strictObject({
  valence: z.number().min(-1).max(1).optional().describe('Unpleasant -1 to pleasant 1.'),
  arousal: z.number().min(-1).max(1).optional().describe('Calm -1 to excited 1.'),
  stress: z.number().min(0).max(1).optional().describe('None 0 to acute 1.'),
  label: z.string().min(1).max(64).optional().describe('Emotion word, mapped by the published label table.'),
  confidence: z.number().min(0).max(1).describe('How sure the source is; the weight of this reading.'),
  source: z.enum(EMOTION_SOURCES),
});

export const emotionEventSchema = envelopeSchema('ecs.emotion.v1', emotionDataSchema);
export type EmotionEvent = z.infer<typeof emotionEventSchema>;
