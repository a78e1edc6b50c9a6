// The CloudEvents 1.0 envelope around everything that comes in. Schemas here are plain (no transforms, no refinements),
// so that the fast validator, the types and the published JSON Schema all come from one source.
import { z } from 'zod';

/** Customer ids are the lender's own opaque ids: printable, no white space. */
export const customerIdSchema = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[\x21-\x7e]+$/)
  .describe('Opaque customer id given by the lender, printable ASCII without spaces. Never a natural id.');

/** No control characters and no halves of characters: PostgreSQL cannot store a NUL, and what it cannot store would block a partition. */
const identitySchema = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}]+$/u);

/** RFC 3339 instant with a zone; ECS keeps milliseconds. */
export const instantSchema = z
  .string()
  .max(40)
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/)
  .describe('RFC 3339 instant, for example 2026-11-22T09:30:00Z.');

export const currencySchema = z
  .string()
  .regex(/^[A-Z]{3}$/)
  .describe('ISO 4217 currency code.');

/** Builds the closed envelope schema of one event type around its data schema. */
export function envelopeSchema<Type extends string, Data extends z.ZodType>(type: Type, data: Data) {
  return z.strictObject({
    specversion: z.literal('1.0'),
    id: identitySchema.describe('Unique together with source; a retry keeps it. Text without control characters.'),
    source: identitySchema.describe('URI reference of the producer. Text without control characters.'),
    type: z.literal(type),
    subject: customerIdSchema,
    time: instantSchema.describe('When it happened (event time). A retry keeps it.'),
    datacontenttype: z.literal('application/json').optional(),
    dataschema: z.string().max(500).optional(),
    partitionkey: z.string().max(200).optional(),
    traceparent: z.string().max(100).optional(),
    tracestate: z.string().max(500).optional(),
    data,
  });
}

export const EVENT_BYTES_MAX = 64 * 1024;
