// What every route gets from the one way of serving: reading, refusing, rendering, cutting. On routes of the test's own,
// so that each rule is seen by itself, over real HTTP.
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { z } from 'zod';
import { createAuthenticator, createKey } from '../../src/access/index.ts';
import type { ApiDeps } from '../../src/api/api-deps.ts';
import { defineRoute, defineStreamRoute, defineWriteRoute, type Route } from '../../src/api/define-route.ts';
import { makeApp } from '../../src/api/make-app.ts';
import { createStreamGate } from '../../src/api/stream-gate.ts';
import { EcsError } from '../../src/lib/errors.ts';
import { makeId } from '../../src/lib/ids.ts';
import { createLog } from '../../src/lib/log.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const access = 'public';
const tag = 'Test';
const summary = 'Test';
const echoSchema = z.strictObject({ name: z.string().max(20), amount: z.number(), nested: z.unknown().optional() });
const echoed = z.object({ name: z.string(), amount: z.number() });

const ROUTES: readonly Route[] = [
  defineRoute({
    operationId: 'echo',
    method: 'post',
    path: '/echo',
    tag,
    summary,
    access,
    body: echoSchema,
    answers: { 200: { description: 'x', schema: echoed } },
    handle: async ({ body }) => ({ status: 200, body: { name: body.name, amount: body.amount } }),
  }),
  defineRoute({
    operationId: 'leak',
    method: 'get',
    path: '/leak',
    tag,
    summary,
    access,
    answers: { 200: { description: 'x', schema: echoed } },
    handle: async () => ({ status: 200, body: { name: 'a', amount: 1, secret: 'whsec_x' } }),
  }),
  defineRoute({
    operationId: 'misfit',
    method: 'get',
    path: '/misfit',
    tag,
    summary,
    access,
    answers: { 200: { description: 'x', schema: echoed } },
    // What a handler must not be able to say, said all the same.
    handle: async () => ({ status: 200, body: { name: 'a', amount: 'many' as unknown as number } }),
  }),
  defineRoute({
    operationId: 'fail',
    method: 'get',
    path: '/fail/{how}',
    tag,
    summary,
    access,
    params: z.strictObject({ how: z.string() }),
    answers: { 200: { description: 'x', schema: echoed } },
    handle: async ({ params }) => {
      if (params.how === 'bug') throw new TypeError('select secret from api_keys at 10.0.0.1');
      throw new EcsError('ECS_DATABASE_UNAVAILABLE', 'connect ECONNREFUSED 10.0.0.1:5432');
    },
  }),
  defineStreamRoute({
    operationId: 'tear',
    method: 'get',
    path: '/tear/{when}',
    tag,
    summary,
    access,
    params: z.strictObject({ when: z.enum(['before', 'after']) }),
    answers: { 200: { description: 'x', schema: z.string(), mediaType: 'text/plain' } },
    handle: async ({ params }, _deps, answer) => {
      if (params.when === 'before') throw new EcsError('ECS_NOT_FOUND', 'No such thing.');
      const res = answer.begin({});
      res.write('half of the answer');
      await new Promise((resolve) => setImmediate(resolve));
      throw new Error('torn');
    },
  }),
  defineStreamRoute({
    operationId: 'wait',
    method: 'get',
    path: '/wait',
    tag,
    summary,
    access: { scope: 'decisions:read', reach: 'customer' },
    answers: { 200: { description: 'x', schema: z.string(), mediaType: 'text/plain' } },
    handle: async (_request, _deps, answer) => {
      answer.begin({}).write('open\n');
      await new Promise((resolve) => answer.over.addEventListener('abort', resolve));
    },
  }),
  defineWriteRoute({
    operationId: 'write',
    method: 'put',
    path: '/write',
    tag,
    summary,
    access,
    body: z.strictObject({ fails: z.boolean() }),
    answers: { 204: { description: 'x' } },
    handle: async ({ body }, _deps, tx) => {
      await tx.query('create table if not exists written (at timestamptz)');
      await tx.query('insert into written values (now())');
      if (body.fails) throw new EcsError('ECS_CONFLICT', 'no');
      return { status: 204 };
    },
  }),
];

const logged: string[] = [];
const sink = { write: (line: string) => logged.push(line) } as unknown as NodeJS.WritableStream;
let database: TestDatabase;
let server: Server;
let base: string;
let strict = false;
const streams = createStreamGate({ total: 3, perCustomerKey: 2 });

beforeAll(async () => {
  database = await createTestDatabase();
  const needed = {
    pool: database.pool,
    clock: Date.now,
    makeId,
    log: createLog('info', sink),
    metrics: new Registry(),
  };
  const deps = Object.defineProperty({ ...needed }, 'checkAnswers', { get: () => strict }) as unknown as ApiDeps;
  server = createServer(
    makeApp(
      { deps, authenticate: createAuthenticator(database.pool), isLocal: () => false, isClosing: () => false, streams },
      ROUTES,
    ),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await database.drop();
});
beforeEach(() => {
  strict = false;
  logged.length = 0;
});

const JSON_TYPE = { 'content-type': 'application/json' };
const post = (body: string | Buffer, headers: Record<string, string> = JSON_TYPE) =>
  fetch(`${base}/echo`, { method: 'POST', headers, body });

async function expectProblem(response: Response, status: number, slug: string) {
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const problem = (await response.json()) as Record<string, unknown> & {
    errors?: { in: string; field: string; expected: string }[];
  };
  expect(problem).toMatchObject({
    type: `urn:ecs:problem:${slug}`,
    status,
    requestId: response.headers.get('x-request-id'),
  });
  return problem;
}

test('what fits is read and answered', async () => {
  const response = await post('{"name":"a","amount":1}');
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ name: 'a', amount: 1 });
});

test.each([
  ['an unknown field', '{"name":"a","amount":1,"x":1}', [{ in: 'body', field: 'x' }]],
  [
    'two bad fields at once',
    '{"name":1,"amount":"1"}',
    [
      { in: 'body', field: 'name' },
      { in: 'body', field: 'amount' },
    ],
  ],
  ['__proto__', '{"name":"a","amount":1,"__proto__":{"polluted":1}}', [{ in: 'body', field: '__proto__' }]],
  [
    'constructor',
    '{"name":"a","amount":1,"constructor":{"prototype":{"polluted":1}}}',
    [{ in: 'body', field: 'constructor' }],
  ],
  ['a number beyond all numbers', '{"name":"a","amount":1e999}', [{ in: 'body', field: 'amount' }]],
  ['a list instead of an object', '[]', [{ in: 'body', field: '' }]],
  ['an unknown query', '{"name":"a","amount":1}', [{ in: 'query', field: 'x' }], '?x=1'],
])('400 names every bad field: %s', async (_name, body, errors, query = '') => {
  const response = await fetch(`${base}/echo${query}`, { method: 'POST', headers: JSON_TYPE, body });
  const problem = await expectProblem(response, 400, 'request-invalid');
  expect(problem.errors).toEqual(errors.map((error) => ({ ...error, expected: expect.stringMatching(/./) })));
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test.each([
  ['NaN', '{"name":"a","amount":NaN}'],
  ['half a document', '{"name":'],
  ['a bare text', '"text"'],
  ['nothing', ''],
])('400 for a body that is not the JSON we read: %s', async (_name, body) => {
  await expectProblem(await post(body), 400, 'request-invalid');
});

test('400 for nesting that is too deep, without pain', async () => {
  const nested = (depth: number) => `{"name":"a","amount":1,"nested":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  expect((await post(nested(31))).status).toBe(200);
  await expectProblem(await post(nested(33)), 400, 'request-invalid');
  await expectProblem(await post(nested(30_000)), 400, 'request-invalid');
});

test('413 for a body beyond the limit, told by its length or found out by reading', async () => {
  const big = Buffer.from(`{"name":"${'x'.repeat(10 * 1024 * 1024)}","amount":1}`);
  await expectProblem(await post(big), 413, 'payload-too-large');
  const chunked = await new Promise<number>((resolve, reject) => {
    const req = request(`${base}/echo`, { method: 'POST', headers: JSON_TYPE }, (res) => {
      res.resume();
      resolve(res.statusCode ?? 0);
    });
    req.on('error', reject);
    req.write(big.subarray(0, 40_000));
    req.end(big.subarray(0, 40_000));
  });
  expect(chunked).toBe(413);
});

test.each([
  [{ 'content-type': 'text/plain' }],
  [{ 'content-type': 'application/x-www-form-urlencoded' }],
  [{ 'content-type': 'application/json; charset=latin1' }],
  [{ 'content-type': 'application/json', 'content-encoding': 'compress' }],
])('415 for %j', async (headers) => {
  await expectProblem(await post('{"name":"a","amount":1}', headers), 415, 'unsupported-media');
});

test.each(['gzip', 'deflate', 'br'])('400 for a body that is not %s although it says so', async (encoding) => {
  await expectProblem(
    await post('{"name":"a"}', { ...JSON_TYPE, 'content-encoding': encoding }),
    400,
    'request-invalid',
  );
});

test('404 for an unknown path, 405 with Allow for an unknown method, 400 for broken percent-encoding', async () => {
  await expectProblem(await fetch(`${base}/nowhere`), 404, 'not-found');
  const wrong = await fetch(`${base}/echo`, { method: 'DELETE' });
  expect(wrong.headers.get('allow')).toBe('POST');
  await expectProblem(wrong, 405, 'method-not-allowed');
  await expectProblem(await fetch(`${base}/fail/%E0%A4%A`), 400, 'request-invalid');
});

test('a field that the schema does not name never leaves; with strict checks it is a bug', async () => {
  expect(await (await fetch(`${base}/leak`)).json()).toEqual({ name: 'a', amount: 1 });
  strict = true;
  await expectProblem(await fetch(`${base}/leak`), 500, 'internal');
});

test('an answer that does not fit its schema never leaves', async () => {
  const problem = await expectProblem(await fetch(`${base}/misfit`), 500, 'internal');
  expect(JSON.stringify(problem)).not.toContain('many');
});

test.each([
  ['bug', 500, 'internal', null],
  ['outage', 503, 'database-unavailable', '2'],
])('what a failure knows goes to the log and not to the caller: %s', async (how, status, slug, retryAfter) => {
  const response = await fetch(`${base}/fail/${how}`, { headers: { 'x-request-id': 'my-own-id' } });
  expect(response.headers.get('retry-after')).toBe(retryAfter);
  const problem = await expectProblem(response, status, slug);
  expect(problem.requestId).toBe('my-own-id');
  expect(JSON.stringify(problem)).not.toMatch(/10\.0\.0\.1|select|api_keys|at \//);
  expect(logged.some((line) => line.includes('10.0.0.1') && line.includes('my-own-id'))).toBe(true);
});

test('a request id that could forge a log line is replaced', async () => {
  const response = await fetch(`${base}/nowhere`, { headers: { 'x-request-id': 'a b{"level":50}' } });
  expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

test('trouble before the first byte of a stream is a problem; after it the connection is cut', async () => {
  await expectProblem(await fetch(`${base}/tear/before`), 404, 'not-found');
  const torn = await fetch(`${base}/tear/after`);
  expect(torn.status).toBe(200);
  await expect(torn.text()).rejects.toThrow();
});

test('a write that fails leaves nothing behind', async () => {
  const put = (fails: boolean) =>
    fetch(`${base}/write`, { method: 'PUT', headers: JSON_TYPE, body: JSON.stringify({ fails }) });
  await expectProblem(await put(true), 409, 'conflict');
  expect((await database.pool.query("select to_regclass('written') as found")).rows).toEqual([{ found: null }]);
  expect((await put(false)).status).toBe(204);
  expect((await database.pool.query('select count(*)::int as count from written')).rows).toEqual([{ count: 1 }]);
});

test('streams are bounded in all and per customer key, and a revoked key loses its stream', async () => {
  const scopes = ['decisions:read'] as const;
  const bound = await createKey(database.pool, { name: 'own', scopes, customerId: 'c' }, Date.now());
  const lender = await createKey(database.pool, { name: 'all', scopes }, Date.now());
  const leave = new AbortController();
  const open = (token: string) =>
    fetch(`${base}/wait`, { headers: { authorization: `Bearer ${token}` }, signal: leave.signal });
  const opened = [await open(bound.token), await open(bound.token)];
  const fourth = await open(bound.token);
  expect(fourth.headers.get('retry-after')).toBe('10');
  await expectProblem(fourth, 429, 'too-many-streams');
  opened.push(await open(lender.token));
  await expectProblem(await open(lender.token), 429, 'too-many-streams');
  expect(opened.map(({ status }) => status)).toEqual([200, 200, 200]);
  await database.pool.query('update api_keys set revoked_at = now() where key_id = $1', [lender.key.keyId]);
  // Ends by itself: the body can be read to its end.
  expect(await opened[2]?.text()).toBe('open\n');
  leave.abort();
}, 20_000);

test('HEAD on a stream answers the headers and ends', async () => {
  const { token } = await createKey(database.pool, { name: 'x', scopes: ['decisions:read'] }, Date.now());
  const response = await fetch(`${base}/wait`, { method: 'HEAD', headers: { authorization: `Bearer ${token}` } });
  expect([response.status, await response.text()]).toEqual([200, '']);
});

test('every answer forbids caching, framing, sniffing and loading', async () => {
  for (const path of ['/leak', '/nowhere', '/fail/bug']) {
    const { headers } = await fetch(`${base}${path}`);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
    expect(headers.get('x-powered-by')).toBeNull();
  }
});
