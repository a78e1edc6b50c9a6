// Takes events from HTTP onto the same road as all others: each checked with the schema of its topic first, all of them
// or none handed on, every bad one named by its place and field.
import type { Caller } from '../access/index.ts';
import { loadDatabaseTime } from '../db/index.ts';
import { checkSchema } from '../events/check-schema.ts';
import { checkTimes } from '../events/check-times.ts';
import { EVENT_BYTES_MAX } from '../events/envelope.ts';
import { checkParsed } from '../events/parse-event.ts';
import { type InputTopic, TOPIC_OF_TYPE } from '../events/topics.ts';
import type { SubmittedEvent } from '../ingest/index.ts';
import { EcsError } from '../lib/errors.ts';
import type { ApiDeps } from './api-deps.ts';
import type { FieldError } from './problem.ts';
import { refuseIfAny } from './read-request.ts';
import { customerNotFound } from './require-customer.ts';

/** Producer of the events that the API builds itself. */
const OWN_SOURCE = 'urn:ecs:api';
/** What a customer's own key may send: how the customer feels, not what the customer earns or owes. */
const CUSTOMER_TOPICS: readonly InputTopic[] = ['ecs.emotions.v1', 'ecs.thoughts.v1'];
const TYPES = Object.keys(TOPIC_OF_TYPE).join(', ');

interface CheckedEvent {
  readonly event: SubmittedEvent | null;
  readonly errors: readonly FieldError[];
  /** Refused for nothing but its time. */
  readonly isUntimely?: boolean;
}

/** Resolves with the number of events once all of them are durable. `single` names fields without an index. */
export async function submitEvents(
  given: readonly unknown[],
  caller: Caller,
  deps: ApiDeps,
  { single, nowMs }: { readonly single: boolean; readonly nowMs: number },
): Promise<number> {
  const checkAt = (limitMs: number) =>
    given.map((event, index) =>
      checkGiven(event, single ? '' : `[${index}]`, { nowMs: limitMs, horizonMs: deps.lateEventHorizonMs }),
    );
  const seen = checkAt(nowMs);
  // Before an event is refused for its time, the clock that all share is asked: ours may be the wrong one.
  const checked = seen.some(({ isUntimely }) => isUntimely) ? checkAt(await loadDatabaseTime(deps.pool)) : seen;
  refuseIfAny(checked.flatMap(({ errors }) => errors));
  const events = checked.flatMap(({ event }) => (event === null ? [] : [event]));
  refuseBeyondReach(events, caller);
  await deps.submitEvents(events);
  return events.length;
}

export interface OwnEvent {
  readonly id: string;
  readonly source?: string | undefined;
  readonly subject: string;
  readonly time: string;
  readonly data: object;
}

export function makeOwnEvent(type: string, { id, source = OWN_SOURCE, subject, time, data }: OwnEvent): object {
  return { specversion: '1.0', id, source, type, subject, time, datacontenttype: 'application/json', data };
}

function checkGiven(given: unknown, place: string, limits: { nowMs: number; horizonMs: number }): CheckedEvent {
  const topic = topicOf(given);
  if (topic === undefined) return refuse(place, [{ field: 'type', message: `must be one of: ${TYPES}` }]);
  const value = Buffer.from(JSON.stringify(given));
  if (value.length > EVENT_BYTES_MAX)
    return refuse(place, [{ field: '', message: `must have at most ${EVENT_BYTES_MAX} bytes` }]);
  const shapeProblems = checkSchema(topic, given);
  if (shapeProblems !== null) return refuse(place, shapeProblems);
  const parsed = checkParsed(topic, given);
  if (!parsed.ok) return refuse(place, [parsed]);
  const timeProblem = checkTimes(parsed.event, parsed.timeMs, limits.nowMs, limits.horizonMs);
  if (timeProblem !== null) return { ...refuse(place, [timeProblem]), isUntimely: true };
  return { event: { topic, customerId: parsed.event.subject, value }, errors: [] };
}

function topicOf(given: unknown): InputTopic | undefined {
  if (typeof given !== 'object' || given === null || !('type' in given) || typeof given.type !== 'string')
    return undefined;
  return Object.hasOwn(TOPIC_OF_TYPE, given.type) ? TOPIC_OF_TYPE[given.type] : undefined;
}

function refuse(
  place: string,
  problems: readonly { readonly field: string; readonly message: string }[],
): CheckedEvent {
  const errors = problems.map(({ field, message }): FieldError => {
    const dot = place === '' || field === '' ? '' : '.';
    return { in: 'body', field: `${place}${dot}${field}`, expected: message };
  });
  return { event: null, errors };
}

function refuseBeyondReach(events: readonly SubmittedEvent[], caller: Caller): void {
  if (caller.customerId === null) return;
  if (events.some((event) => event.customerId !== caller.customerId)) throw customerNotFound();
  if (events.every((event) => CUSTOMER_TOPICS.includes(event.topic))) return;
  throw new EcsError(
    'ECS_FORBIDDEN',
    `A key bound to a customer sends events to ${CUSTOMER_TOPICS.join(' and ')} only.`,
  );
}
