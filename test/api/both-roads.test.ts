// The decision's route is taken ahead of Express's router and, by the same functions, through it. Whatever is sent, both
// roads must answer the same status, headers and body; what differs by nature (ids, times) is put aside by name.
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Registry } from 'prom-client';
import { type Api, createApi } from '../../src/api/index.ts';
import { eventually } from '../support/eventually.ts';
import { startTestApi, type TestApi } from './support/start-test-api.ts';

let api: TestApi;
const metrics = new Registry();
let twin: Api;
let express: Server;
const roads: { name: string; port: number }[] = [];

beforeAll(async () => {
  api = await startTestApi();
  // Both of one API: its listener as `ecs start` opens it, and its Express application alone.
  twin = createApi({ ...api.deps, metrics: metrics });
  const { port } = await twin.listen({ host: '127.0.0.1', port: 0 });
  roads.push({ name: 'ahead', port });
  express = createServer(twin.app);
  await new Promise<void>((resolve) => express.listen(0, '127.0.0.1', resolve));
  roads.push({ name: 'express', port: (express.address() as AddressInfo).port });
  for (const customerId of ['ana', 'bea']) {
    await api.call('PUT', `/api/customers/${customerId}`, { body: { currency: 'BRL', declaredIncomeMinor: 500_000 } });
    // From now on there is a limit, and nothing that would change it.
    await api.call('POST', '/api/credit-limit', { body: { customerId } });
  }
}, 60_000);
afterAll(async () => {
  await twin.close();
  express.closeAllConnections();
  await new Promise((resolve) => express.close(resolve));
  await api.stop();
});

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
}

/** Byte for byte as written: a client library would tidy it up first. */
function send(
  port: number,
  { method = 'POST', path = '/api/credit-limit', headers = [], body }: Sent,
): Promise<string> {
  const length =
    body === undefined || headers.some((line) => /^(content-length|transfer-enc)/i.test(line))
      ? []
      : [`Content-Length: ${Buffer.byteLength(body)}`];
  const head = [`${method} ${path} HTTP/1.1`, 'Host: ecs', 'Connection: close', ...headers, ...length].join('\r\n');
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(`${head}\r\n\r\n${body ?? ''}`));
    socket.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    socket.on('close', () => resolve(text)).on('error', reject);
  });
}

const OWN = /"(decisionId|decidedAt|sequence|requestId|previousLimitMinor)":("[^"]*"|\d+|null)/g;

/** Status, headers in any order, body; without what is another one each time. */
function compared(answer: string) {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  const [status, ...headers] = head.split('\r\n');
  const kept = headers
    .map((line) => line.toLowerCase())
    .filter((line) => !/^(date|x-request-id|content-length):/.test(line));
  return { status, headers: kept.toSorted(), body: body.replaceAll(OWN, '"$1":"..."') };
}

const json = 'Content-Type: application/json';
const bearer = () => `Authorization: Bearer ${api.adminToken}`;
const evaluate = (customerId = 'ana') => JSON.stringify({ customerId });

const CASES: Readonly<Record<string, () => Sent>> = {
  'a decision': () => ({ headers: [bearer(), json], body: evaluate() }),
  'a dry run': () => ({ headers: [bearer(), json], body: '{"customerId":"ana","dryRun":true}' }),
  'a request id of the caller': () => ({ headers: [bearer(), json, 'X-Request-Id: mine-1'], body: evaluate() }),
  'a charset': () => ({ headers: [bearer(), `${json}; charset=utf-8`], body: evaluate() }),
  'no key': () => ({ headers: [json], body: evaluate() }),
  'a wrong key': () => ({ headers: ['Authorization: Bearer ecs_nobody', json], body: evaluate() }),
  'an unknown customer': () => ({ headers: [bearer(), json], body: evaluate('nobody') }),
  'an unknown field': () => ({ headers: [bearer(), json], body: '{"customerId":"ana","x":1}' }),
  'no field': () => ({ headers: [bearer(), json], body: '{}' }),
  'no body': () => ({ headers: [bearer()] }),
  'an empty body': () => ({ headers: [bearer(), json], body: '' }),
  'half a document': () => ({ headers: [bearer(), json], body: '{"customerId":' }),
  'a bare text': () => ({ headers: [bearer(), json], body: '"ana"' }),
  'another media type': () => ({ headers: [bearer(), 'Content-Type: text/plain'], body: evaluate() }),
  'another charset': () => ({ headers: [bearer(), `${json}; charset=latin1`], body: evaluate() }),
  'too much': () => ({ headers: [bearer(), json], body: JSON.stringify({ customerId: 'x'.repeat(70_000) }) }),
  'too much, in chunks': () => {
    const piece = 'x'.repeat(70_000);
    const body = `${piece.length.toString(16)}\r\n${piece}\r\n0\r\n\r\n`;
    return { headers: [bearer(), json, 'Transfer-Encoding: chunked'], body };
  },
  'a body that is not what its encoding says': () => ({
    headers: [bearer(), json, 'Content-Encoding: gzip'],
    body: evaluate(),
  }),
  'a key that is none': () => ({ headers: [bearer(), json, 'Idempotency-Key: a b'], body: evaluate() }),
  'a query that nobody asked for': () => ({
    path: '/api/credit-limit?x=1',
    headers: [bearer(), json],
    body: evaluate(),
  }),
  'an empty query': () => ({ path: '/api/credit-limit?', headers: [bearer(), json], body: evaluate() }),
  'another method': () => ({ method: 'DELETE', headers: [bearer()] }),
  'another spelling of the path': () => ({ path: '/api/Credit-Limit', headers: [bearer(), json], body: evaluate() }),
  'a slash behind the path': () => ({ path: '/api/credit-limit/', headers: [bearer(), json], body: evaluate() }),
};

test.each(Object.keys(CASES))('both roads answer alike: %s', async (name) => {
  const sent = CASES[name]?.();
  if (sent === undefined) throw new Error(`no case ${name}`);
  const answers: ReturnType<typeof compared>[] = [];
  for (const { port } of roads) answers.push(compared(await send(port, sent)));
  expect(answers[0]).toEqual(answers[1]);
  expect(answers[0]?.status).toMatch(/^HTTP\/1\.1 \d{3}/);
});

test('a key used on one road is replayed on the other', async () => {
  const sent = { headers: [bearer(), json, 'Idempotency-Key: roads-1'], body: evaluate('bea') };
  const [first, second] = [await send(roads[0]?.port ?? 0, sent), await send(roads[1]?.port ?? 0, sent)];
  expect(second).toContain('Idempotency-Replayed: true');
  expect(first).not.toContain('Idempotency-Replayed');
  expect(second.split('\r\n\r\n')[1]).toBe(first.split('\r\n\r\n')[1]);
});

test('both roads are measured under the same template', async () => {
  const count = async () => {
    const found = await metrics.getSingleMetric('http_request_duration_seconds')?.get();
    const values = (found?.values ?? []) as { labels: Record<string, unknown>; value: number; metricName?: string }[];
    const of = values.find(
      ({ labels, metricName }) =>
        metricName?.endsWith('_count') && labels.route === '/api/credit-limit' && labels.status === 404,
    );
    return of?.value ?? 0;
  };
  const before = await count();
  for (const { port } of roads) await send(port, { headers: [bearer(), json], body: evaluate('nobody') });
  await eventually(async () => expect(await count()).toBe(before + 2));
});
