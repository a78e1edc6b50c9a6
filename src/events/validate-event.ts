// Checks one event that came over HTTP, before it is submitted: the sender is told every problem at once, instead of
// finding it among the dead letters.
import type { DeadLetterCode } from './accepted-event.ts';
import type { InputEvent } from './check-event.ts';
import { checkSchema, type Problem } from './check-schema.ts';
import { checkTimes } from './check-times.ts';
import { checkParsed } from './parse-event.ts';
import { type InputTopic, TOPIC_OF_TYPE } from './topics.ts';

export type ValidatedEvent =
  | { readonly ok: true; readonly topic: InputTopic; readonly customerId: string; readonly event: InputEvent }
  | { readonly ok: false; readonly code: DeadLetterCode; readonly problems: readonly Problem[] };

export interface ValidateOptions {
  readonly nowMs: number;
  readonly horizonMs: number;
}

export function validateEvent(input: unknown, { nowMs, horizonMs }: ValidateOptions): ValidatedEvent {
  const topic = findTopic(input);
  if (topic === undefined) {
    const known = Object.keys(TOPIC_OF_TYPE).join(', ');
    return { ok: false, code: 'schema', problems: [{ field: 'type', message: `must be one of: ${known}` }] };
  }
  const parsed = checkParsed(topic, input);
  if (!parsed.ok) {
    const problems = checkSchema(topic, input) ?? [{ field: parsed.field, message: parsed.message }];
    return { ok: false, code: parsed.code, problems };
  }
  const late = checkTimes(parsed.event, parsed.timeMs, nowMs, horizonMs);
  if (late !== null) return { ok: false, code: late.code, problems: [{ field: late.field, message: late.message }] };
  return { ok: true, topic, customerId: parsed.event.subject, event: parsed.event };
}

function findTopic(input: unknown): InputTopic | undefined {
  if (typeof input !== 'object' || input === null || !Object.hasOwn(input, 'type')) return undefined;
  const { type } = input as { type: unknown };
  return typeof type === 'string' && Object.hasOwn(TOPIC_OF_TYPE, type) ? TOPIC_OF_TYPE[type] : undefined;
}
