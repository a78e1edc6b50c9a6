import fc from 'fast-check';
import { sampleEvent } from '../../test/support/sample-events.ts';
import { EVENT_BYTES_MAX } from './envelope.ts';
import { parseEvent } from './parse-event.ts';
import { INPUT_TOPICS, type InputTopic } from './topics.ts';

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));
const TIME_MS = Date.UTC(2026, 10, 22, 9, 30);

test.each(INPUT_TOPICS)('a good event on %s comes out typed, with its time', (topic) => {
  expect(parseEvent(topic, bytes(sampleEvent(topic)), {})).toEqual({
    ok: true,
    event: sampleEvent(topic),
    timeMs: TIME_MS,
  });
});

const big = { ...sampleEvent('ecs.emotions.v1'), dataschema: 'x'.repeat(EVENT_BYTES_MAX) };
const invalidUtf8 = Buffer.from(JSON.stringify(sampleEvent('ecs.emotions.v1', { id: 'caf\u00e9' })), 'latin1');

test.each<[string, InputTopic, Buffer | null, string, string, string]>([
  ['no value', 'ecs.emotions.v1', null, 'not_json', '', 'has no value'],
  ['nothing', 'ecs.emotions.v1', Buffer.alloc(0), 'not_json', '', 'is not JSON'],
  [
    'half an event',
    'ecs.emotions.v1',
    bytes(sampleEvent('ecs.emotions.v1')).subarray(0, 50),
    'not_json',
    '',
    'is not JSON',
  ],
  ['NaN', 'ecs.emotions.v1', Buffer.from('{"valence":NaN}'), 'not_json', '', 'is not JSON'],
  ['bytes that are no text', 'ecs.emotions.v1', invalidUtf8, 'not_json', '', 'is not UTF-8 text'],
  ['an array', 'ecs.emotions.v1', Buffer.from('[]'), 'schema', '', 'must be an object'],
  [
    'deep nesting',
    'ecs.emotions.v1',
    Buffer.from('['.repeat(30_000) + ']'.repeat(30_000)),
    'schema',
    '',
    'must be an object',
  ],
  [
    'deep nesting inside',
    'ecs.emotions.v1',
    Buffer.from(
      JSON.stringify({ ...sampleEvent('ecs.emotions.v1'), data: 0 }).replace(
        '"data":0',
        `"data":${'['.repeat(30_000)}${']'.repeat(30_000)}`,
      ),
    ),
    'schema',
    'data',
    'must be an object',
  ],
  [
    'a 10 MB body',
    'ecs.emotions.v1',
    Buffer.alloc(10 * 1024 * 1024, 32),
    'too_large',
    '',
    'has 10485760 bytes; at most 65536 are read',
  ],
  ['just too large', 'ecs.emotions.v1', bytes(big), 'too_large', '', 'at most 65536 are read'],
  [
    'an infinite number',
    'ecs.emotions.v1',
    Buffer.from(JSON.stringify(sampleEvent('ecs.emotions.v1')).replace('0.4', '1e999')),
    'schema',
    'data.valence',
    'must be a number',
  ],
  [
    'a prototype',
    'ecs.emotions.v1',
    Buffer.from(JSON.stringify(sampleEvent('ecs.emotions.v1')).replace('{', '{"__proto__":{"x":1},')),
    'schema',
    '__proto__',
    'is not a known field',
  ],
  [
    'an event of another topic',
    'ecs.emotions.v1',
    bytes(sampleEvent('ecs.transactions.v1')),
    'wrong_topic',
    'type',
    'events of type ecs.transaction.v1 belong on ecs.transactions.v1',
  ],
  [
    'an unknown type',
    'ecs.emotions.v1',
    bytes(sampleEvent('ecs.emotions.v1', { type: 'ecs.mood.v1' })),
    'schema',
    'type',
    'must be "ecs.emotion.v1"',
  ],
  [
    '30 February',
    'ecs.emotions.v1',
    bytes(sampleEvent('ecs.emotions.v1', { time: '2026-02-30T00:00:00Z' })),
    'schema',
    'time',
    'is not a moment of the calendar',
  ],
  [
    'valence alone',
    'ecs.emotions.v1',
    bytes(sampleEvent('ecs.emotions.v1', {}, { arousal: undefined })),
    'schema',
    'data.arousal',
    'give valence and arousal, or a label',
  ],
  [
    'neither numbers nor label',
    'ecs.emotions.v1',
    bytes(sampleEvent('ecs.emotions.v1', {}, { arousal: undefined, valence: undefined })),
    'schema',
    'data.valence',
    'give valence and arousal, or a label',
  ],
  [
    'a thought without content',
    'ecs.thoughts.v1',
    bytes(sampleEvent('ecs.thoughts.v1', {}, { sentiment: undefined })),
    'schema',
    'data.text',
    'give a text or a sentiment',
  ],
  [
    'a thought with both',
    'ecs.thoughts.v1',
    bytes(sampleEvent('ecs.thoughts.v1', {}, { text: 'rent is due' })),
    'schema',
    'data.text',
    'must not come with data.sentiment',
  ],
  [
    'a statement closed on no day',
    'ecs.statements.v1',
    bytes(sampleEvent('ecs.statements.v1', {}, { closedAt: '2026-11-31T00:00:00Z' })),
    'schema',
    'data.closedAt',
    'is not a moment of the calendar',
  ],
  [
    'a standing against its figures',
    'ecs.statements.v1',
    bytes(sampleEvent('ecs.statements.v1', {}, { monthsPastDue: 1, standing: 'revolving' })),
    'schema',
    'data.standing',
    'must be past_due exactly when',
  ],
  [
    'an outcome of no day',
    'ecs.outcomes.v1',
    bytes(sampleEvent('ecs.outcomes.v1', {}, { asOf: '2026-02-30T00:00:00Z' })),
    'schema',
    'data.asOf',
    'is not a moment of the calendar',
  ],
  [
    'an outcome observed on no day',
    'ecs.outcomes.v1',
    bytes(sampleEvent('ecs.outcomes.v1', {}, { observedAt: '2026-11-31T00:00:00Z' })),
    'schema',
    'data.observedAt',
    'is not a moment of the calendar',
  ],
  [
    'an outcome observed before its window',
    'ecs.outcomes.v1',
    bytes(sampleEvent('ecs.outcomes.v1', {}, { defaulted: true, observedAt: '2026-04-30T23:59:59Z' })),
    'schema',
    'data.observedAt',
    'must not lie before data.asOf',
  ],
  [
    'a good outcome before its window is over',
    'ecs.outcomes.v1',
    bytes(sampleEvent('ecs.outcomes.v1', {}, { observedAt: '2026-10-31T23:59:59Z' })),
    'schema',
    'data.observedAt',
    'until then a default can still come',
  ],
])('%s is refused with field and rule', (_, topic, value, code, field, message) => {
  expect(parseEvent(topic, value, {})).toMatchObject({
    ok: false,
    code,
    field,
    message: expect.stringContaining(message),
  });
});

test('a label stands for valence and arousal', () => {
  const event = sampleEvent('ecs.emotions.v1', {}, { valence: undefined, arousal: undefined, label: 'calm' });
  expect(parseEvent('ecs.emotions.v1', bytes(event), {})).toMatchObject({ ok: true });
});

test('a refused event says whose it was', () => {
  const event = sampleEvent('ecs.transactions.v1', {}, { amountMinor: -1 });
  const ids = { customerId: 'customer-1', source: 'urn:test', id: 'event-1' };
  expect(parseEvent('ecs.transactions.v1', bytes(event), {})).toMatchObject({ ok: false, ids });
});

test('nothing of an unreadable content is repeated in the message', () => {
  const parsed = parseEvent('ecs.thoughts.v1', Buffer.from('{"text":"my secret'), {});
  expect(JSON.stringify(parsed)).not.toContain('secret');
});

const { data, ...attributes } = sampleEvent('ecs.emotions.v1');
const headers = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce_${name}`, value]));

test('binary mode means the same event', () => {
  const all = { ...headers, 'content-type': 'application/json; charset=utf-8', traceparent: 'not ours' };
  const event = { ...sampleEvent('ecs.emotions.v1'), datacontenttype: 'application/json' };
  expect(parseEvent('ecs.emotions.v1', bytes(data), all)).toEqual({ ok: true, event, timeMs: TIME_MS });
});

test('structured mode wins where its content type says so', () => {
  const all = { ...headers, 'content-type': 'application/cloudevents+json; charset=UTF-8' };
  expect(parseEvent('ecs.emotions.v1', bytes(sampleEvent('ecs.emotions.v1')), all)).toMatchObject({ ok: true });
});

test.each([
  ['ce_unknown', 'x', 'unknown'],
  ['ce_time', 'yesterday', 'time'],
  ['content-type', 'text/plain', 'datacontenttype'],
  ['ce_data', 'x', null],
  ['ce___proto__', 'x', '__proto__'],
])('binary mode checks %s like any field', (name, value, field) => {
  const parsed = parseEvent('ecs.emotions.v1', bytes(data), { ...headers, [name]: value });
  expect(parsed).toMatchObject(field === null ? { ok: true } : { ok: false, field });
});

test('no bytes and no headers make it throw', () => {
  const anyHeaders = fc.dictionary(
    fc.constantFrom('ce_id', 'ce_type', 'ce_data', 'content-type', '__proto__'),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...INPUT_TOPICS),
      fc.uint8Array({ maxLength: 200 }),
      anyHeaders,
      (topic, value, any) => {
        expect(typeof parseEvent(topic, Buffer.from(value), any).ok).toBe('boolean');
      },
    ),
    { numRuns: 1_000 },
  );
});
