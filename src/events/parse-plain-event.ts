// The fast road for the events that come by the thousand: structured, plain ASCII without escapes, known fields once each, in
// any order. Each kind of event says how its data are read; whatever is not quite so is left to the general road, so that
// this one may only ever say what that one would say too.
import { parseInstant } from './parse-instant.ts';
import {
  cut,
  isPlainTime,
  type NamedReaders,
  type ReadValue,
  readFields,
  readText,
  readWord,
  recall,
  SPACE,
} from './scan-plain-event.ts';

export interface PlainEvent<Event> {
  readonly ok: true;
  readonly event: Event;
  readonly timeMs: number;
}

const [ID, SOURCE, SUBJECT, TIME] = [0, 1, 2, 3] as const;
export const FIRST_DATA_SLOT = 4;

interface Envelope<Type, Data> {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: Type;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype?: 'application/json' | undefined;
  readonly data: Data;
}

export interface PlainShape<Type, Data> {
  readonly type: Type;
  /** Of the data; texts go into slots from FIRST_DATA_SLOT on. */
  readonly fields: NamedReaders;
  readonly required: readonly string[];
  /** Forgets what the event before said, where a field may be absent. */
  clear(): void;
  /** From what was read; null where the fields do not go together. */
  makeData(value: Buffer): Data | null;
}

let hasContentType = false;
const readJsonType = readWord('application/json');

function readContentType(bytes: Uint8Array, start: number): number {
  hasContentType = true;
  return readJsonType(bytes, start);
}

/** The parser of one kind of event; it gives null for: ask the general road. */
export function createPlainParser<Event extends Envelope<string, unknown>>(
  shape: PlainShape<Event['type'], Event['data']>,
): (value: Buffer) => PlainEvent<Envelope<Event['type'], Event['data']>> | null {
  const { type } = shape;
  const readEvent = readEnvelope(type, readFields(shape.fields, shape.required));
  return (value) => {
    shape.clear();
    hasContentType = false;
    if (readEvent(value, 0) !== value.length || !isPlainTime(value, TIME)) return null;
    const time = cut(value, TIME);
    const timeMs = parseInstant(time);
    const data = shape.makeData(value);
    if (Number.isNaN(timeMs) || data === null) return null;
    return { ok: true, event: makeEvent(value, type, time, data), timeMs };
  };
}

function readEnvelope(type: string, readData: ReadValue): ReadValue {
  const fields: NamedReaders = [
    ['specversion', readWord('1.0')],
    ['id', readText(ID, SPACE, 200)],
    ['source', readText(SOURCE, SPACE, 200)],
    ['type', readWord(type)],
    // A customer id has no spaces.
    ['subject', readText(SUBJECT, SPACE + 1, 200)],
    ['time', readText(TIME, SPACE, 24)],
    ['data', readData],
    ['datacontenttype', readContentType],
  ];
  return readFields(fields, ['specversion', 'id', 'source', 'type', 'subject', 'time', 'data']);
}

function makeEvent<Type, Data>(value: Buffer, type: Type, time: string, data: Data): Envelope<Type, Data> {
  return {
    specversion: '1.0',
    id: cut(value, ID),
    source: recall(value, SOURCE),
    type,
    subject: recall(value, SUBJECT),
    time,
    datacontenttype: hasContentType ? 'application/json' : undefined,
    data,
  };
}
