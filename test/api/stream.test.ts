// The live stream over real HTTP: everything once and in order, resumed by Last-Event-ID, kept alive, ended on demand.
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { eventually } from '../support/eventually.ts';
import { startTestApi, type TestApi } from './support/start-test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ streamPingMs: 50 });
  await api.call('PUT', '/api/customers/ana', { body: { currency: 'BRL', declaredIncomeMinor: 500_000 } });
}, 60_000);
afterAll(() => api.stop());

interface OpenStream {
  readonly response: IncomingMessage;
  text(): string;
  ids(): number[];
  close(): void;
}

async function open(path: string, headers: Record<string, string> = {}, token = api.adminToken): Promise<OpenStream> {
  const request = get(`${api.base}${path}`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    agent: false,
  });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  response.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  response.on('error', () => {});
  const ids = () => [...text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));
  return { response, text: () => text, ids, close: () => request.destroy() };
}

const setLimit = (limitMinor: number) =>
  api.call('PUT', '/api/customers/ana/credit-limit', { body: { limitMinor, reason: 'x' } });
const lastSequence = async () =>
  (await api.call('GET', '/api/customers/ana/notifications?order=newest&limit=1')).body.items[0]?.sequence ?? 0;

test('what has happened and what happens comes in order, as CloudEvents, with retry hint and pings', async () => {
  await setLimit(10_000);
  const stream = await open('/api/customers/ana/stream');
  expect(stream.response.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'x-accel-buffering': 'no',
    'cache-control': 'no-store, no-transform',
  });
  expect(stream.response.headers['content-encoding']).toBeUndefined();
  await setLimit(20_000);
  const last = await lastSequence();
  await eventually(() => expect(stream.ids()).toEqual(Array.from({ length: last }, (_, i) => i + 1)));
  await eventually(() => expect(stream.text()).toContain(': ping\n\n'));
  expect(stream.text().startsWith('retry: 2000\n\n')).toBe(true);
  const [, type, data] = /^id: 1\nevent: (\S+)\ndata: (.+)$/m.exec(stream.text()) ?? [];
  expect(JSON.parse(data ?? '')).toMatchObject({ specversion: '1.0', type, subject: 'ana', sequence: '1' });
  stream.close();
});

test('a client that comes back goes on without gap or double', async () => {
  const first = await open('/api/customers/ana/stream');
  await eventually(() => expect(first.ids().length).toBeGreaterThan(0));
  first.close();
  const seen = first.ids().at(-1) ?? 0;
  await setLimit(30_000);
  await setLimit(40_000);
  const last = await lastSequence();
  const again = await open('/api/customers/ana/stream', { 'last-event-id': String(seen) });
  await eventually(() => expect(again.ids()).toEqual(Array.from({ length: last - seen }, (_, i) => seen + 1 + i)));
  again.close();
  const after = await open(`/api/customers/ana/stream?afterSequence=${last - 1}`);
  await eventually(() => expect(after.ids()).toEqual([last]));
  after.close();
});

test('the header wins over the query, and one that is not ours is refused', async () => {
  const last = await lastSequence();
  const stream = await open('/api/customers/ana/stream?afterSequence=0', { 'last-event-id': String(last - 1) });
  await eventually(() => expect(stream.ids()).toEqual([last]));
  stream.close();
  const refused = await api.call('GET', '/api/customers/ana/stream', { headers: { 'last-event-id': '-1' } });
  expect(refused).toMatchObject({ status: 400, body: { errors: [{ in: 'header', field: 'Last-Event-ID' }] } });
});

test('a client that goes away leaves nothing behind', async () => {
  const before = await open('/api/customers/ana/stream');
  await eventually(() => expect(before.text()).toContain('retry'));
  before.close();
  // The bound counts streams that are open: if closed ones were kept, many in a row would reach it.
  const token = await api.makeKey({ scopes: ['notifications:read'], customerId: 'ana' });
  for (let i = 0; i < 12; i++) {
    const stream = await eventually(async () => {
      const opened = await open('/api/customers/ana/stream', {}, token);
      expect(opened.response.statusCode).toBe(200);
      return opened;
    });
    stream.close();
  }
});
