// The one form of every refusal and failure: problem details after RFC 9457, with a stable `type`.
import { z } from 'zod';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

export const fieldErrorSchema = z.object({
  in: z.enum(['path', 'query', 'header', 'body']),
  field: z.string().describe('Path of the field, for example `[3].data.amountMinor`; empty for the whole.'),
  expected: z.string().describe('What was expected there.'),
});
export type FieldError = z.infer<typeof fieldErrorSchema>;

export const problemSchema = z
  .object({
    type: z.string().describe('`urn:ecs:problem:<slug>`; stable, made to be compared.'),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    code: z.string().describe('Error code of ECS, for example `ECS_NOT_FOUND`.'),
    requestId: z.string().describe('The same as in the X-Request-Id header and in the log.'),
    errors: z.array(fieldErrorSchema).optional().describe('Every field that was wrong.'),
  })
  .meta({ id: 'Problem', description: 'Problem details (RFC 9457).' });
export type Problem = z.infer<typeof problemSchema>;
