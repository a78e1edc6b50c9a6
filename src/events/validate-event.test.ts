import { sampleEvent } from '../../test/support/sample-events.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../lib/clock.ts';
import { INPUT_TOPICS, type InputTopic } from './topics.ts';
import { validateEvent } from './validate-event.ts';

const nowMs = Date.UTC(2026, 10, 22, 10);
const options = { nowMs, horizonMs: 7 * DAY_MS };
const at = (ms: number) => ({ time: new Date(nowMs + ms).toISOString() });

test.each(INPUT_TOPICS)('a good event finds its way to %s', (topic) => {
  expect(validateEvent(sampleEvent(topic), options)).toMatchObject({ ok: true, topic, customerId: 'customer-1' });
});

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['a text', 'ecs.emotion.v1'],
  ['no type', {}],
  ['a type from the prototype', { type: 'constructor' }],
  ['an unknown type', { type: 'ecs.mood.v1' }],
])('%s is told which types there are', (_, input) => {
  const problems = [{ field: 'type', message: expect.stringContaining('must be one of: ecs.customer.v1') }];
  expect(validateEvent(input, options)).toEqual({ ok: false, code: 'schema', problems });
});

test('every problem of the shape is told at once', () => {
  const event = sampleEvent('ecs.transactions.v1', { id: '' }, { amountMinor: 0, currency: 'eur' });
  const result = validateEvent(event, options);
  const fields = result.ok ? [] : result.problems.map((problem) => problem.field);
  expect(fields.sort()).toEqual(['data.amountMinor', 'data.currency', 'id']);
});

test.each<[string, InputTopic, object, object, string | null, string]>([
  ['5 minutes ahead', 'ecs.emotions.v1', at(5 * MINUTE_MS), {}, null, ''],
  ['more than 5 minutes ahead', 'ecs.emotions.v1', at(5 * MINUTE_MS + 1), {}, 'time_in_future', 'time'],
  ['money from the future', 'ecs.transactions.v1', at(HOUR_MS), {}, 'time_in_future', 'time'],
  [
    'a statement closed in the future',
    'ecs.statements.v1',
    {},
    { closedAt: at(HOUR_MS).time },
    'time_in_future',
    'data.closedAt',
  ],
  ['a feeling at the horizon', 'ecs.emotions.v1', at(-7 * DAY_MS), {}, null, ''],
  ['a feeling past the horizon', 'ecs.emotions.v1', at(-7 * DAY_MS - 1), {}, 'too_late', 'time'],
  ['a thought past the horizon', 'ecs.thoughts.v1', at(-8 * DAY_MS), {}, 'too_late', 'time'],
  ['an old purchase', 'ecs.transactions.v1', at(-900 * DAY_MS), {}, null, ''],
])('%s', (_, topic, envelope, data, code, field) => {
  const result = validateEvent(sampleEvent(topic, { ...envelope }, { ...data }), options);
  expect(result).toMatchObject(code === null ? { ok: true } : { ok: false, code, problems: [{ field }] });
});
