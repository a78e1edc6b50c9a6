// Events over HTTP: one or many, in each media type, all or nothing, every bad one named by place and field.

import { SAMPLE_EVENTS } from '../support/sample-events.ts';
import { startTestApi, type TestApi } from './support/start-test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await api.call('PUT', '/api/customers/ana', { body: { currency: 'EUR', jurisdiction: 'DE' } });
}, 60_000);
afterAll(() => api.stop());

let made = 0;
function purchase(changes: Record<string, unknown> = {}, data: Record<string, unknown> = {}) {
  made += 1;
  const sample = SAMPLE_EVENTS['ecs.transactions.v1'];
  const time = new Date(Date.now() - 60_000).toISOString();
  return { ...sample, id: `t-${made}`, subject: 'ana', time, ...changes, data: { ...sample.data, ...data } };
}
const send = (body: unknown, contentType = 'application/json') =>
  api.call('POST', '/api/events', { body, contentType });
const listed = async () =>
  (await api.call('GET', '/api/customers/ana/transactions?limit=200')).body.items.length as number;

test.each([
  ['application/json', () => purchase(), 1],
  ['application/json', () => [purchase(), purchase()], 2],
  ['application/cloudevents+json', () => purchase(), 1],
  ['application/cloudevents+json; charset=utf-8', () => purchase(), 1],
  ['application/cloudevents-batch+json', () => [purchase(), purchase(), purchase()], 3],
])('%s is taken', async (contentType, make, accepted) => {
  const before = await listed();
  expect(await send(make(), contentType)).toMatchObject({ status: 202, body: { accepted } });
  expect(await listed()).toBe(before + accepted);
});

test.each([
  ['no event at all', () => [purchase(), 5], '[1].type'],
  ['a type nobody knows', () => [purchase({ type: 'ecs.unknown.v1' })], '[0].type'],
  ['a type from the prototype', () => [purchase({ type: 'constructor' })], '[0].type'],
  ['a bad amount', () => [purchase(), purchase(), purchase({}, { amountMinor: -1 })], '[2].data.amountMinor'],
  ['a fraction of a cent', () => [purchase({}, { amountMinor: 1.5 })], '[0].data.amountMinor'],
  ['an unknown field', () => [purchase({}, { note: 'x' })], '[0].data.note'],
  ['a missing field', () => [purchase({ source: undefined })], '[0].source'],
  ['a day that does not exist', () => [purchase({ time: '2026-02-30T00:00:00Z' })], '[0].time'],
  ['a time in the future', () => [purchase({ time: new Date(Date.now() + 3_600_000).toISOString() })], '[0].time'],
  [
    'a feeling that is too late',
    () => [{ ...SAMPLE_EVENTS['ecs.emotions.v1'], time: new Date(Date.now() - 8 * 86_400_000).toISOString() }],
    '[0].time',
  ],
  ['a single bad event, without an index', () => purchase({}, { currency: 'euro' }), 'data.currency'],
])('400, and nothing of the batch is counted: %s', async (_name, make, field) => {
  const before = await listed();
  const { status, body } = await send(make());
  expect([status, body.errors.map((error: { field: string }) => error.field)]).toEqual([400, [field]]);
  expect(body.errors[0]).toMatchObject({ in: 'body', expected: expect.stringMatching(/./) });
  expect(await listed()).toBe(before);
  expect((await api.call('GET', '/api/dead-letters')).body.items).toEqual([]);
});

test('every bad event of a batch is named, up to a bound', async () => {
  const bad = () => purchase({ id: '' }, { amountMinor: 0 });
  const { body } = await send([bad(), purchase(), bad()]);
  const fields = body.errors.map((error: { field: string }) => error.field).sort();
  expect(fields).toEqual(['[0].data.amountMinor', '[0].id', '[2].data.amountMinor', '[2].id']);
  expect((await send(Array.from({ length: 100 }, bad))).body.errors).toHaveLength(50);
});

test('the text of a thought is never echoed', async () => {
  const secret = 'I lost my job and I am ashamed';
  const thought = { ...SAMPLE_EVENTS['ecs.thoughts.v1'], data: { topic: secret, text: secret, sentiment: secret } };
  const answer = await send([thought]);
  expect(answer.status).toBe(400);
  expect(answer.text).not.toContain(secret);
});

test.each([
  ['an empty batch', '[]', 'application/json', 400],
  ['half a batch', '[{', 'application/json', 400],
  ['a text', 'hello', 'text/plain', 415],
  ['a form', 'a=1', 'application/x-www-form-urlencoded', 415],
  ['more than a megabyte', `["${'x'.repeat(1_100_000)}"]`, 'application/json', 413],
  [
    'more events than a batch may hold',
    JSON.stringify(Array.from({ length: 5_001 }, () => 1)),
    'application/json',
    400,
  ],
])('%s', async (_name, body, contentType, status) => {
  expect((await send(body, contentType)).status).toBe(status);
});

test('an event beyond 64 KB is named, though the batch may hold a megabyte', async () => {
  const { status, body } = await send([purchase(), purchase({ dataschema: 'x'.repeat(70_000) })]);
  expect([status, body.errors[0].field]).toEqual([400, '[1]']);
});

test('a batch that is sent three times at once, in two orders, counts once', async () => {
  const before = await listed();
  const batch = Array.from({ length: 100 }, () => purchase());
  await Promise.all([send(batch), send(batch), send([...batch].reverse())]);
  expect(await listed()).toBe(Math.min(200, before + 100));
});

test('POST /api/transactions checks like the road it leads to', async () => {
  const body = {
    customerId: 'ana',
    transactionId: 'x',
    type: 'purchase',
    amountMinor: 0,
    currency: 'EUR',
    occurredAt: 'now',
  };
  const answer = await api.call('POST', '/api/transactions', { body });
  const fields = answer.body.errors.map((error: { field: string }) => error.field);
  expect([answer.status, fields.sort()]).toEqual([400, ['amountMinor', 'occurredAt']]);
});
