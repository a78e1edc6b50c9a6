// A request repeated under its key changes things once, over HTTP: raced, replayed, mismatched, refused where it cannot be.
import { startTestApi, type TestApi } from './support/start-test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  for (const customerId of ['ana', 'bea']) {
    const body = { currency: 'BRL', jurisdiction: 'BR', declaredIncomeMinor: 500_000 };
    await api.call('PUT', `/api/customers/${customerId}`, { body });
  }
}, 60_000);
afterAll(() => api.stop());

const evaluate = (key: string, body: object = { customerId: 'ana' }, token: string = api.adminToken) =>
  api.call('POST', '/api/credit-limit', { token, body, headers: { 'idempotency-key': key } });
const countDecisions = async (customerId: string) =>
  (await api.call('GET', `/api/decisions?customerId=${customerId}&limit=200`)).body.items.length as number;

test('fifty equal requests at once: one decision, fifty equal answers', async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => evaluate('race-1')));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')).toHaveLength(49);
  expect(await countDecisions('ana')).toBe(1);
}, 60_000);

test('fifty requests with keys of their own: fifty decisions, in one line without gaps', async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => evaluate(`own-${i}`, { customerId: 'bea' })));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  const sequences = answers.map(({ body }) => body.sequence as number).sort((a, b) => a - b);
  expect(sequences).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
}, 60_000);

test('the same key with another body, query or path is refused with 422', async () => {
  await evaluate('k1');
  expect(await evaluate('k1', { customerId: 'ana', dryRun: true })).toMatchObject({
    status: 422,
    body: { type: 'urn:ecs:problem:idempotency-mismatch' },
  });
  const set = (path: string, limitMinor: number) =>
    api.call('PUT', path, { body: { limitMinor, reason: 'x' }, headers: { 'idempotency-key': 'k2' } });
  expect((await set('/api/customers/ana/credit-limit', 70_000)).status).toBe(200);
  expect((await set('/api/customers/bea/credit-limit', 70_000)).status).toBe(422);
  const unfreeze = (reason: string) =>
    api.call('DELETE', `/api/customers/ana/freeze?reason=${reason}`, { headers: { 'idempotency-key': 'k3' } });
  await api.call('PUT', '/api/customers/ana/freeze', { body: { reason: 'x' } });
  expect((await unfreeze('a')).status).toBe(200);
  expect((await unfreeze('b')).status).toBe(422);
  expect(await unfreeze('a')).toMatchObject({ status: 200 });
});

test('fields in another order are the same request', async () => {
  const first = await evaluate('k4', { customerId: 'ana', requestedLimitMinor: 90_000 });
  expect((await evaluate('k4', { requestedLimitMinor: 90_000, customerId: 'ana' })).text).toBe(first.text);
});

test('of a decision only its id is kept, since the answer may hold what a withdrawal must erase', async () => {
  await evaluate('kept-1');
  const { rows } = await api.deps.pool.query(
    `select response from idempotency_keys where route = 'evaluateCreditLimit'`,
  );
  expect(rows.length).toBeGreaterThan(0);
  for (const { response } of rows) {
    expect(Object.keys(typeof response === 'string' ? JSON.parse(response) : response)).toEqual(['decisionId']);
  }
});

test('a dry run, of which nothing is stored, runs again', async () => {
  const dry = { customerId: 'ana', dryRun: true };
  await evaluate('dry-1', dry);
  expect(await evaluate('dry-1', dry)).toMatchObject({ status: 200, body: { customerId: 'ana', outcome: 'keep' } });
});

test('keys of different callers never meet', async () => {
  const other = await api.makeKey({ scopes: ['decisions:write'] });
  const mine = await evaluate('k5');
  const theirs = await evaluate('k5', { customerId: 'ana' }, other);
  expect(theirs.status).toBe(200);
  expect(theirs.body.decisionId).not.toBe(mine.body.decisionId);
});

test('a refused request keeps nothing: it may be repeated under the same key', async () => {
  expect((await evaluate('k6', { customerId: 'cleo' })).status).toBe(404);
  await api.call('PUT', '/api/customers/cleo', { body: { currency: 'BRL', declaredIncomeMinor: 300_000 } });
  const answer = await evaluate('k6', { customerId: 'cleo' });
  expect([answer.status, answer.headers.get('idempotency-replayed')]).toEqual([200, null]);
});

test.each([['with spaces in it'], ['x'.repeat(201)]])('a key that is none is refused: %j', async (key) => {
  const answer = await evaluate(key);
  expect(answer).toMatchObject({ status: 400, body: { errors: [{ in: 'header', field: 'Idempotency-Key' }] } });
});

test('an operation whose answer holds a secret takes no key, because the secret would have to be stored', async () => {
  const headers = { 'idempotency-key': 'k7' };
  const made = await api.call('POST', '/api/keys', { body: { name: 'x', scopes: ['customers:read'] }, headers });
  expect(made).toMatchObject({ status: 400, body: { errors: [{ in: 'header', field: 'Idempotency-Key' }] } });
  const { rows } = await api.system.pool.query<{ response: string }>('select response from idempotency_keys');
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.some(({ response }) => /whsec_|ecs_[0-9a-f]{16}_/.test(response))).toBe(false);
});
