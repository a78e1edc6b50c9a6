// What ECS tells the world: one CloudEvent per outbox row, the same id and sequence number at every retry.
import { z } from 'zod';

export const OUTGOING_TYPES = ['decision.created', 'credit_limit.adjusted', 'consent.changed'] as const;
export type OutgoingType = (typeof OUTGOING_TYPES)[number];

export const outgoingEventSchema = z.strictObject({
  specversion: z.literal('1.0'),
  id: z.string().describe('Event id (UUID), the same at every retry.'),
  source: z.literal('urn:ecs'),
  type: z.enum(OUTGOING_TYPES),
  subject: z.string().describe('Customer id.'),
  time: z.string(),
  datacontenttype: z.literal('application/json'),
  sequence: z.string().describe("The customer's sequence number, from 1 without gaps, as a decimal string."),
  data: z.record(z.string(), z.unknown()),
});
export type OutgoingEvent = z.infer<typeof outgoingEventSchema>;
