// From the bytes of one record to a typed event or to the first thing that is wrong with it. Pure; the same for both
// roads, and never throws whatever the bytes are.
import { isUtf8 } from 'node:buffer';
import type { DeadLetterCode } from './accepted-event.ts';
import { checkEvent, type EventOfTopic, type InputEvent } from './check-event.ts';
import { checkSchema, type Problem } from './check-schema.ts';
import { EVENT_BYTES_MAX } from './envelope.ts';
import { parsePlainEmotion } from './parse-plain-emotion.ts';
import { parsePlainTransaction } from './parse-plain-transaction.ts';
import { isBinaryMode, readBinaryEvent } from './read-binary-event.ts';
import { type InputTopic, TOPIC_OF_TYPE } from './topics.ts';

/** Whose event it was, as far as that can be told from a bad one. */
export interface EventIds {
  readonly customerId: string | null;
  readonly source: string | null;
  readonly id: string | null;
}

export type ParsedEvent<Topic extends InputTopic> =
  | { readonly ok: true; readonly event: EventOfTopic[Topic]; readonly timeMs: number }
  | {
      readonly ok: false;
      readonly code: DeadLetterCode;
      readonly field: string;
      readonly message: string;
      readonly ids: EventIds;
    };

export const NO_IDS: EventIds = { customerId: null, source: null, id: null };

export function parseEvent<Topic extends InputTopic>(
  topic: Topic,
  value: Buffer | null,
  headers: Readonly<Record<string, string>>,
): ParsedEvent<Topic> {
  if (value === null) return refuse('not_json', { field: '', message: 'has no value' });
  if (value.length > EVENT_BYTES_MAX) {
    return refuse('too_large', {
      field: '',
      message: `has ${value.length} bytes; at most ${EVENT_BYTES_MAX} are read`,
    });
  }
  return parsePlain(topic, value, headers) ?? parseGeneral(topic, value, headers);
}

/** What most records are; it allocates no more than the event itself. */
function parsePlain<Topic extends InputTopic>(
  topic: Topic,
  value: Buffer,
  headers: Readonly<Record<string, string>>,
): ParsedEvent<Topic> | null {
  const isEmotion = topic === 'ecs.emotions.v1';
  if ((!isEmotion && topic !== 'ecs.transactions.v1') || isBinaryMode(headers)) return null;
  return (isEmotion ? parsePlainEmotion(value) : parsePlainTransaction(value)) as ParsedEvent<Topic> | null;
}

/** The road for any event of any topic, and for everything that is wrong with one. */
export function parseGeneral<Topic extends InputTopic>(
  topic: Topic,
  value: Buffer,
  headers: Readonly<Record<string, string>>,
): ParsedEvent<Topic> {
  const parsed = parseJson(value);
  if (parsed.problem !== undefined) return refuse('not_json', parsed.problem);
  return checkParsed(topic, isBinaryMode(headers) ? readBinaryEvent(parsed.json, headers) : parsed.json);
}

/** The same checks for a value that is parsed already. */
export function checkParsed<Topic extends InputTopic>(topic: Topic, value: unknown): ParsedEvent<Topic> {
  const problems = checkSchema(topic, value);
  if (problems !== null) return refuseShape(topic, value, problems);
  const event = value as EventOfTopic[Topic];
  const timeMs = checkEvent(event as InputEvent);
  if (typeof timeMs !== 'number') return refuse('schema', timeMs, readIds(event));
  return { ok: true, event, timeMs };
}

type Json = { readonly json: unknown; readonly problem?: undefined } | { readonly problem: Problem };

function parseJson(value: Buffer): Json {
  const text = value.toString('utf8');
  // What is not UTF-8 becomes this character; without one there is no need to look at all the bytes again.
  if (text.includes('\uFFFD') && !isUtf8(value)) return { problem: { field: '', message: 'is not UTF-8 text' } };
  try {
    return { json: JSON.parse(text) };
  } catch {
    // The parser's own message quotes the content, which may not be kept.
    return { problem: { field: '', message: 'is not JSON' } };
  }
}

function refuseShape(topic: InputTopic, value: unknown, problems: readonly Problem[]): ParsedEvent<never> {
  const ids = readIds(value);
  const type = readText(value, 'type');
  const home = type === null ? undefined : TOPIC_OF_TYPE[type];
  if (home !== undefined && home !== topic) {
    return refuse('wrong_topic', { field: 'type', message: `events of type ${type} belong on ${home}` }, ids);
  }
  const [first = { field: '', message: 'has the wrong shape' }, ...others] = problems;
  const more = others.map(({ field, message }) => `; ${field} ${message}`).join('');
  return refuse('schema', { field: first.field, message: first.message + more }, ids);
}

function refuse(code: DeadLetterCode, { field, message }: Problem, ids: EventIds = NO_IDS): ParsedEvent<never> {
  return { ok: false, code, field, message, ids };
}

function readIds(value: unknown): EventIds {
  return { customerId: readText(value, 'subject'), source: readText(value, 'source'), id: readText(value, 'id') };
}

function readText(value: unknown, field: 'subject' | 'source' | 'id' | 'type'): string | null {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, field)) return null;
  const text = (value as Record<string, unknown>)[field];
  return typeof text === 'string' && text.length <= 200 ? text : null;
}
