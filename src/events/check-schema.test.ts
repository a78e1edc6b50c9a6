import fc from 'fast-check';
import { SAMPLE_EVENTS, sampleEvent } from '../../test/support/sample-events.ts';
import { checkSchema } from './check-schema.ts';
import { EVENT_SCHEMAS, INPUT_TOPICS, type InputTopic } from './topics.ts';

const topics = fc.constantFrom<InputTopic>(...INPUT_TOPICS);

/** Values as they come out of JSON.parse: 1e999 is Infinity there, and `__proto__` an ordinary member. */
const odd = fc.oneof(
  { arbitrary: fc.jsonValue(), weight: 3 },
  {
    arbitrary: fc.constantFrom(
      JSON.parse('1e999'),
      -0,
      0,
      1,
      -1,
      1.0000001,
      2 ** 53,
      0.1,
      '',
      ' ',
      '1.0',
      null,
      [],
      {},
    ),
    weight: 3,
  },
  {
    arbitrary: fc.constantFrom(
      '\u0000',
      'a\ud800',
      '😀'.repeat(100),
      '😀'.repeat(101),
      'x'.repeat(200),
      'x'.repeat(201),
    ),
    weight: 2,
  },
  {
    arbitrary: fc.constantFrom('2026-11-22T09:30:00Z', '2026-11-22', 'EUR', 'eur', '5411', 'é', 'purchase'),
    weight: 2,
  },
  fc.string({ unit: 'binary' }),
  fc.double(),
);

const path = (topic: InputTopic) =>
  fc.constantFrom(
    ...Object.keys(SAMPLE_EVENTS[topic]),
    ...Object.keys(SAMPLE_EVENTS[topic].data).map((field) => `data.${field}`),
    ...['dataschema', 'partitionkey', 'traceparent', 'datacontenttype', 'surplus', '__proto__', 'constructor'],
    ...['data.text', 'data.label', 'data.standing', 'data.limitMinor', 'data.surplus', 'data.__proto__'],
  );

const changed = topics.chain((topic) =>
  fc.tuple(fc.constant(topic), fc.array(fc.tuple(path(topic), fc.option(odd, { nil: undefined })), { maxLength: 3 })),
);

function change(topic: InputTopic, changes: readonly (readonly [string, unknown])[]): unknown {
  const event = sampleEvent(topic);
  for (const [at, value] of changes) {
    const target = at.startsWith('data.') ? event.data : event;
    if (typeof target !== 'object' || target === null) continue;
    const field = at.replace(/^data\./, '');
    if (value === undefined) delete (target as Record<string, unknown>)[field];
    else Object.defineProperty(target, field, { value, enumerable: true, writable: true, configurable: true });
  }
  return event;
}

test.each(INPUT_TOPICS)('a good event on %s has no problem', (topic) => {
  expect(checkSchema(topic, sampleEvent(topic))).toBeNull();
});

test('the fast validator and zod agree on changed events', () => {
  let refused = 0;
  fc.assert(
    fc.property(changed, ([topic, changes]) => {
      const event = change(topic, changes);
      const problems = checkSchema(topic, event);
      if (problems !== null) refused++;
      expect(problems === null).toBe(EVENT_SCHEMAS[topic].safeParse(event).success);
    }),
    { numRuns: 5_000 },
  );
  expect(refused).toBeGreaterThan(1_000);
});

test('the fast validator and zod agree on anything else', () => {
  fc.assert(
    fc.property(topics, fc.jsonValue(), (topic, value) => {
      expect(checkSchema(topic, value) === null).toBe(EVENT_SCHEMAS[topic].safeParse(value).success);
    }),
  );
});

test.each<[string, InputTopic, object, object, string, string]>([
  ['a missing field', 'ecs.emotions.v1', {}, { confidence: undefined }, 'data.confidence', 'is missing'],
  ['an unknown field', 'ecs.emotions.v1', {}, { mood: 1 }, 'data.mood', 'is not a known field'],
  ['an unknown envelope field', 'ecs.emotions.v1', { extra: 1 }, {}, 'extra', 'is not a known field'],
  ['a number out of range', 'ecs.emotions.v1', {}, { valence: 1.5 }, 'data.valence', 'must be at most 1'],
  ['a number below its range', 'ecs.transactions.v1', {}, { amountMinor: 0 }, 'data.amountMinor', 'must be at least 1'],
  ['a text for a number', 'ecs.emotions.v1', {}, { valence: '1' }, 'data.valence', 'must be a number'],
  [
    'a fraction of a minor unit',
    'ecs.transactions.v1',
    {},
    { amountMinor: 1.5 },
    'data.amountMinor',
    'must be an integer',
  ],
  ['an empty id', 'ecs.emotions.v1', { id: '' }, {}, 'id', 'must not be empty'],
  ['a long id', 'ecs.emotions.v1', { id: 'x'.repeat(201) }, {}, 'id', 'must have at most 200 characters'],
  [
    'an unknown word',
    'ecs.emotions.v1',
    {},
    { source: 'tarot' },
    'data.source',
    'must be one of: self_report, text, voice, face, physiology',
  ],
  ['another version', 'ecs.emotions.v1', { specversion: '0.3' }, {}, 'specversion', 'must be "1.0"'],
  [
    'a date without a time',
    'ecs.emotions.v1',
    { time: '2026-11-22' },
    {},
    'time',
    'must be in this form: When it happened',
  ],
  [
    'a customer id with a space',
    'ecs.emotions.v1',
    { subject: 'a b' },
    {},
    'subject',
    'must be in this form: Opaque customer id',
  ],
  [
    'a NUL in the id',
    'ecs.transactions.v1',
    { id: 'a\u0000b' },
    {},
    'id',
    'must be in this form: Unique together with source',
  ],
])('%s is named with its rule', (_, topic, envelope, data, field, message) => {
  const event = JSON.parse(JSON.stringify(sampleEvent(topic, { ...envelope }, { ...data })));
  const problems = checkSchema(topic, event);
  expect(problems).toEqual([{ field, message: expect.stringContaining(message) }]);
});

test('all problems are found, but a flood of them is cut', () => {
  const event = sampleEvent(
    'ecs.emotions.v1',
    {},
    Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`f${i}`, i])),
  );
  expect(checkSchema('ecs.emotions.v1', event)).toHaveLength(10);
  const twice = sampleEvent('ecs.emotions.v1', { id: '' }, { valence: 7 });
  expect(
    checkSchema('ecs.emotions.v1', twice)
      ?.map((problem) => problem.field)
      .sort(),
  ).toEqual(['data.valence', 'id']);
});
