import fc from 'fast-check';
import { sampleEvent } from '../../test/support/sample-events.ts';
import { EMOTION_SOURCES } from './emotion-event.ts';
import { parseGeneral } from './parse-event.ts';
import { parsePlainEmotion } from './parse-plain-emotion.ts';

const general = (bytes: Buffer) => parseGeneral('ecs.emotions.v1', bytes, {});
const toBytes = (value: unknown, space?: number) => Buffer.from(JSON.stringify(value, null, space));

const ENVELOPE = { datacontenttype: 'application/json', time: '2026-11-22T09:30:00.125Z' };
const event = (envelope: object = {}, data: object = {}) => ({
  ...sampleEvent('ecs.emotions.v1', { ...ENVELOPE, ...envelope }, { ...data }),
});
const text = JSON.stringify(event());

test.each<[string, string]>([
  ['as JSON.stringify writes it', text],
  ['with a space after commas and colons', text.replaceAll(',"', ', "').replaceAll('":', '": ')],
  ['with the data first', JSON.stringify(Object.fromEntries(Object.entries(event()).reverse()))],
  ['without a content type', JSON.stringify(sampleEvent('ecs.emotions.v1'))],
  ['with a label alone', JSON.stringify({ ...event(), data: { label: 'joy', confidence: 1, source: 'text' } })],
  ['with figures at their bounds', JSON.stringify(event({}, { valence: -1, arousal: 1, stress: 0, confidence: 1 }))],
  ['with a negative zero', text.replace('"valence":0.4', '"valence":-0')],
  ['with all the digits of a double', text.replace('"valence":0.4', '"valence":-0.8444218515250481')],
  ['with more digits than a double has', text.replace('"valence":0.4', '"valence":0.30000000000000004441')],
])('an event %s takes the fast road', (_, given) => {
  const bytes = Buffer.from(given);
  const plain = parsePlainEmotion(bytes);
  expect(plain).not.toBeNull();
  expect(plain).toEqual(general(bytes));
});

test.each<[string, string]>([
  ['an escape', text.replace('event-1', 'event\\u002d1')],
  ['a letter beyond ASCII', text.replace('event-1', 'évent')],
  ['a field twice', text.replace('"id":"event-1"', '"id":"event-1","id":"event-2"')],
  ['a field of data twice', text.replace('"valence":0.4', '"valence":0.4,"valence":0.5')],
  ['an unknown field', text.replace('"id"', '"idx":1,"id"')],
  ['a rare field', text.replace('"id"', '"traceparent":"00","id"')],
  ['an exponent', text.replace('"valence":0.4', '"valence":4e-1')],
  ['another zone', text.replace('125Z', '125+01:00')],
  ['a moment that does not exist', text.replace('11-22', '02-30')],
  ['white space behind it', `${text}\n`],
  ['something behind it', `${text}{}`],
  ['nothing in it', '{}'],
  ['no bytes', ''],
  ['neither label nor valence', text.replace('"valence":0.4,', '')],
  ['no confidence', text.replace('"confidence":0.9,', '')],
  ['a figure out of bounds', text.replace('"valence":0.4', '"valence":1.0000001')],
  ['negative stress', text.replace('"stress":0.1', '"stress":-0.1')],
  ['a figure that begins with zeros', text.replace('"valence":0.4', '"valence":00.4')],
  ['a figure without digits behind its point', text.replace('"valence":0.4', '"valence":0.')],
  ['a customer id with a space', text.replace('customer-1', 'customer 1')],
  ['an empty id', text.replace('event-1', '')],
  ['too long an id', text.replace('event-1', 'x'.repeat(201))],
  ['another type', text.replace('ecs.emotion.v1', 'ecs.emotion.v2')],
  ['an unknown source of data', text.replace('self_report', 'self-report')],
  ['a comma too many', text.replace('"self_report"', '"self_report",')],
])('an event with %s is left to the general road', (_, given) => {
  expect(given).not.toBe(text);
  expect(parsePlainEmotion(Buffer.from(given))).toBeNull();
});

const figure = fc.oneof(fc.double({ min: -1.1, max: 1.1, noNaN: true }), fc.integer({ min: -2, max: 2 }));
const word = fc.oneof(fc.string({ maxLength: 12 }), fc.string({ unit: 'binary', maxLength: 4 }));
const anyEvent = fc
  .record(
    {
      specversion: fc.constantFrom('1.0', '1.1'),
      id: word,
      source: word,
      type: fc.constantFrom('ecs.emotion.v1', 'ecs.emotion.v1', 'ecs.thought.v1'),
      subject: word,
      time: fc.oneof(
        fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
        fc.constant('2026-11-22T09:30:00Z'),
        word,
      ),
      datacontenttype: fc.constantFrom('application/json', 'text/plain'),
      data: fc.record(
        {
          valence: figure,
          arousal: figure,
          stress: figure,
          label: word,
          confidence: fc.double({ min: 0, max: 1, noNaN: true }),
          source: fc.constantFrom(...EMOTION_SOURCES),
          other: fc.constant(null),
        },
        { requiredKeys: ['confidence', 'source'] },
      ),
    },
    { requiredKeys: ['specversion', 'id', 'source', 'type', 'subject', 'time', 'data'] },
  )
  .chain((made) =>
    fc.shuffledSubarray(Object.entries(made), { minLength: 6 }).map((entries) => Object.fromEntries(entries)),
  );

test('whatever takes the fast road is what the general road makes of it', () => {
  fc.assert(
    fc.property(anyEvent, fc.constantFrom(undefined, 1), (made, space) => {
      const bytes = toBytes(made, space);
      const plain = parsePlainEmotion(bytes);
      if (plain !== null) expect(plain).toEqual(general(bytes));
    }),
    { numRuns: 2_000 },
  );
});

test('a good event with any byte changed, left out or put in is never read differently', () => {
  const good = Buffer.from(text);
  fc.assert(
    fc.property(
      fc.nat(good.length - 1),
      fc.nat(255),
      fc.constantFrom(0, 1),
      fc.constantFrom(0, 1),
      (at, byte, cut, put) => {
        const bytes = Buffer.concat([good.subarray(0, at), Buffer.alloc(put, byte), good.subarray(at + cut)]);
        const plain = parsePlainEmotion(bytes);
        if (plain !== null) expect(plain).toEqual(general(bytes));
      },
    ),
    { numRuns: 5_000 },
  );
});
