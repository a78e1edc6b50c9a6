// From nothing to an explained limit and on through every resource, the way a lender's systems, an officer and a customer
// would go. Each answer is checked against its schema by the server under test.
import { startTestApi, type TestApi } from './support/start-test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
}, 60_000);
afterAll(() => api.stop());

const profile = { currency: 'BRL', jurisdiction: 'BR', declaredIncomeMinor: 500_000 };
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

function emotion(id: string, changes: object = {}, data: object = {}) {
  return {
    ...{ specversion: '1.0', id, source: 'urn:phone', type: 'ecs.emotion.v1', subject: 'ana', time: minutesAgo(5) },
    data: { valence: 0.4, arousal: 0.1, stress: 0.2, confidence: 0.9, source: 'self_report', ...data },
    ...changes,
  };
}

test('a customer comes to be, and is read back', async () => {
  expect((await api.call('GET', '/api/customers/ana')).status).toBe(404);
  expect(await api.call('PUT', '/api/customers/ana', { body: profile })).toMatchObject({
    status: 202,
    body: { accepted: 1 },
  });
  expect(await api.call('GET', '/api/customers/ana')).toMatchObject({
    status: 200,
    body: {
      ...profile,
      customerId: 'ana',
      account: { limitMinor: null, frozen: null },
      consents: [
        { purpose: 'emotions', granted: false, changedAt: null },
        { purpose: 'thoughts', granted: false, changedAt: null },
      ],
    },
  });
});

test('an id with every kind of character makes the round trip', async () => {
  const id = 'a/b?c%d#e&f=g+"h\\i';
  const path = `/api/customers/${encodeURIComponent(id)}`;
  expect((await api.call('PUT', path, { body: profile })).status).toBe(202);
  expect((await api.call('GET', path)).body.customerId).toBe(id);
  expect((await api.call('GET', `${path}/limits`)).body).toEqual({ items: [] });
});

test('customers are listed page by page, each once', async () => {
  const seen: string[] = [];
  for (const id of ['page-1', 'page-2', 'page-3']) await api.call('PUT', `/api/customers/${id}`, { body: profile });
  let cursor: string | null = '';
  while (cursor !== null) {
    const next: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { status, body } = await api.call('GET', `/api/customers?limit=1&prefix=page-${next}`);
    expect(status).toBe(200);
    seen.push(...body.items.map((item: { customerId: string }) => item.customerId));
    cursor = body.nextCursor;
  }
  expect(seen).toEqual(['page-3', 'page-2', 'page-1']);
});

test('consent, then feelings, then a state to look at; withdrawal takes it away', async () => {
  const path = '/api/customers/ana/consents/emotions';
  const granted = await api.call('PUT', path, { body: { granted: true, changedAt: minutesAgo(10) } });
  expect(granted).toMatchObject({ status: 200, body: { purpose: 'emotions', granted: true } });
  expect(granted.body.recordedBy).toMatch(/^key:[0-9a-f]{16}$/);
  const first = emotion('m1');
  const former = emotion('m0', { time: minutesAgo(15) });
  const sent = await api.call('POST', '/api/events', {
    body: [former, first, emotion('m2', {}, { valence: 0.2 })],
  });
  expect(sent).toMatchObject({ status: 202, body: { accepted: 3 } });
  // A retry, which keeps its time, counts once.
  await api.call('POST', '/api/events', { body: first, contentType: 'application/cloudevents+json' });
  const [state] = (await api.call('GET', '/api/customers/ana/emotional-state')).body.items;
  expect(state).toMatchObject({ purpose: 'emotions', consent: { granted: true }, readings: 2 });
  expect(state.recent.valence).toBeCloseTo(0.3, 6);
  const days = await api.call('GET', '/api/customers/ana/emotional-state/days?purpose=emotions&days=7');
  expect(days.body.items.reduce((sum: number, day: { readings: number }) => sum + day.readings, 0)).toBe(2);
  expect((await api.call('PUT', path, { body: { granted: false } })).body.granted).toBe(false);
  const [after] = (await api.call('GET', '/api/customers/ana/emotional-state')).body.items;
  expect(after).toMatchObject({ readings: 0, recent: null, longTerm: null });
  expect((await api.call('GET', '/api/customers/ana/consents')).body.items[0]).toMatchObject({ granted: false });
});

test('an older word about consent changes nothing, one from the future is refused', async () => {
  const path = '/api/customers/ana/consents/thoughts';
  expect((await api.call('PUT', path, { body: { granted: true, changedAt: minutesAgo(10) } })).body.granted).toBe(true);
  expect((await api.call('PUT', path, { body: { granted: false, changedAt: minutesAgo(20) } })).body.granted).toBe(
    true,
  );
  for (const changedAt of [minutesAgo(-10), '2026-02-30T00:00:00Z']) {
    const refused = await api.call('PUT', path, { body: { granted: true, changedAt } });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ in: 'body', field: 'changedAt' }] } });
  }
});

test('transactions are sent and listed, newest first', async () => {
  const spend = (transactionId: string, minutes: number) => ({
    ...{ customerId: 'ana', transactionId, type: 'purchase', amountMinor: 12_990, currency: 'BRL' },
    occurredAt: minutesAgo(minutes),
  });
  expect((await api.call('POST', '/api/transactions', { body: spend('t-1', 30) })).body).toEqual({ accepted: 1 });
  await api.call('POST', '/api/transactions', { body: spend('t-2', 20) });
  const { body } = await api.call('GET', '/api/customers/ana/transactions');
  expect(body.items.map((item: { transactionId: string }) => item.transactionId)).toEqual(['t-2', 't-1']);
  expect(body.items[0]).toMatchObject({ source: 'urn:ecs:api', amountMinor: 12_990, merchantCategory: null });
});

test('statements of the lender are listed', async () => {
  const statement = {
    ...{
      specversion: '1.0',
      id: 's-1',
      source: 'urn:card',
      type: 'ecs.statement.v1',
      subject: 'bea',
      time: minutesAgo(1),
    },
    data: {
      ...{ closedAt: minutesAgo(60), currency: 'BRL', balanceMinor: 50_000, minimumDueMinor: 2_500, paidMinor: 10_000 },
      monthsPastDue: 0,
    },
  };
  expect((await api.call('POST', '/api/events', { body: statement })).status).toBe(202);
  const { body } = await api.call('GET', '/api/customers/bea/statements');
  expect(body.items).toMatchObject([
    { closedBy: 'lender', balanceMinor: 50_000, standing: 'revolving', currency: 'BRL' },
  ]);
});

test('POST /api/credit-limit evaluates, applies and explains', async () => {
  const dry = await api.call('POST', '/api/credit-limit', { body: { customerId: 'ana', dryRun: true } });
  expect(dry.status).toBe(200);
  expect((await api.call('GET', `/api/decisions/${dry.body.decisionId}`)).status).toBe(404);

  const { status, body } = await api.call('POST', '/api/credit-limit', { body: { customerId: 'ana' } });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    customerId: 'ana',
    trigger: 'api',
    outcome: 'approve',
    approved: true,
    previousLimitMinor: null,
  });
  expect(body.limitMinor).toBeGreaterThan(0);
  expect(body.limitWithoutEmotionMinor).toBe(body.limitMinor);
  for (const field of ['score', 'probabilityOfDefault', 'rateBps', 'creditType']) expect(body[field]).not.toBeNull();
  expect(body.reasons.length).toBeGreaterThan(0);

  expect((await api.call('GET', `/api/decisions/${body.decisionId}`)).body).toEqual(body);
  expect((await api.call('GET', '/api/customers/ana')).body.account.limitMinor).toBe(body.limitMinor);
  expect((await api.call('GET', '/api/customers/ana/limits')).body.items).toMatchObject([
    { decisionId: body.decisionId, state: 'in_force' },
  ]);
  expect((await api.call('POST', `/api/decisions/${body.decisionId}/replay`)).body).toMatchObject({
    same: true,
    differences: [],
  });
  const { band, state, probabilityOfDefault } = (
    await api.call('GET', `/api/decisions/${body.decisionId}/what-would-change`)
  ).body;
  expect(band).toBeGreaterThanOrEqual(1);
  expect(state).not.toBe('not_scored');
  // What emotion says is never part of it: here none was consented to, so it is the decision's own.
  expect(probabilityOfDefault).toBe(body.probabilityOfDefault);
});

test('an officer sets a limit, freezes, meets a conflict, and allows changes again', async () => {
  const set = await api.call('PUT', '/api/customers/ana/credit-limit', {
    body: { limitMinor: 90_000, reason: 'agreed by phone' },
  });
  expect(set).toMatchObject({ status: 200, body: { trigger: 'manual', limitMinor: 90_000, outcome: 'decrease' } });
  const order = { body: { reason: 'disputed charge' } };
  expect((await api.call('PUT', '/api/customers/ana/freeze', order)).status).toBe(200);
  expect(await api.call('PUT', '/api/customers/ana/freeze', order)).toMatchObject({
    status: 409,
    body: { type: 'urn:ecs:problem:conflict' },
  });
  expect((await api.call('GET', '/api/customers/ana')).body.account.frozen).toMatchObject({
    reason: 'disputed charge',
  });
  expect((await api.call('POST', '/api/credit-limit', { body: { customerId: 'ana' } })).body.limitMinor).toBe(90_000);
  expect((await api.call('DELETE', '/api/customers/ana/freeze?reason=settled')).status).toBe(200);
  expect((await api.call('DELETE', '/api/customers/ana/freeze?reason=settled')).status).toBe(409);
  expect((await api.call('DELETE', '/api/customers/ana/freeze')).status).toBe(400);
});

test('decisions are searched by customer, outcome, reason and time, and exported', async () => {
  const search = async (query: string) =>
    (await api.call('GET', `/api/decisions?${query}`)).body.items as { outcome: string; decidedAt: string }[];
  const all = await search('customerId=ana');
  expect(all.length).toBeGreaterThanOrEqual(4);
  expect((await search('customerId=ana&outcome=decrease')).map(({ outcome }) => outcome)).toEqual(['decrease']);
  expect((await search('customerId=ana&reason=limit_opened')).map(({ outcome }) => outcome)).toEqual(['approve']);
  expect(await search('customerId=bea')).toEqual([]);
  const first = all.at(-1)?.decidedAt ?? '';
  expect(await search(`customerId=ana&to=${first}`)).toEqual([]);
  expect(await search(`customerId=ana&from=${first}`)).toHaveLength(all.length);
  expect((await api.call('GET', '/api/decisions?from=2026-02-30T00:00:00Z')).body.errors).toMatchObject([
    { in: 'query', field: 'from' },
  ]);

  const csv = await api.call('GET', '/api/decisions.csv?customerId=ana');
  expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(csv.headers.get('content-disposition')).toBe('attachment; filename="decisions.csv"');
  const lines = csv.text.trimEnd().split('\r\n');
  expect(lines).toHaveLength(all.length + 1);
  expect(lines[0]).toMatch(/^"decisionId","customerId","sequence"/);
  expect(lines.slice(1).every((line) => line.includes('"ana"'))).toBe(true);
});

test('the export walks over pages without loss, and defuses formulas', async () => {
  const id = '=cmd|calc';
  await api.call('PUT', `/api/customers/${encodeURIComponent(id)}`, { body: profile });
  const set = (i: number) =>
    api.call('PUT', `/api/customers/${encodeURIComponent(id)}/credit-limit`, {
      body: { limitMinor: 10_000 + i, reason: 'x' },
    });
  for (let i = 0; i < 205; i += 5) await Promise.all([set(i), set(i + 1), set(i + 2), set(i + 3), set(i + 4)]);
  const { text } = await api.call('GET', `/api/decisions.csv?customerId=${encodeURIComponent(id)}`);
  const lines = text.trimEnd().split('\r\n').slice(1);
  expect(lines).toHaveLength(205);
  expect(new Set(lines).size).toBe(205);
  expect(lines[0]).toContain(`"'=cmd|calc"`);
}, 60_000);

test('the inbox lists what happened, and the first reading counts', async () => {
  const { body } = await api.call('GET', '/api/customers/ana/notifications');
  const sequences = body.items.map((item: { sequence: number }) => item.sequence);
  expect(sequences).toEqual(sequences.map((_: number, index: number) => index + 1));
  expect(body.items.map((item: { type: string }) => item.type)).toContain('credit_limit.adjusted');
  const read = await api.call('POST', '/api/customers/ana/notifications/1/read');
  expect(read.body.readAt).not.toBeNull();
  expect((await api.call('POST', '/api/customers/ana/notifications/1/read')).body.readAt).toBe(read.body.readAt);
  expect((await api.call('POST', '/api/customers/ana/notifications/99999/read')).status).toBe(404);
  const newest = await api.call('GET', '/api/customers/ana/notifications?order=newest&limit=1');
  expect(newest.body.items[0].sequence).toBe(sequences.at(-1));
  expect(
    (await api.call('GET', '/api/customers/ana/notifications?afterSequence=2&limit=1')).body.items[0].sequence,
  ).toBe(3);
});

test('webhooks: registered, listed without secret, rotated, switched, their deliveries shown, deleted', async () => {
  const created = await api.call('POST', '/api/webhooks', { body: { url: 'http://127.0.0.1:9/hook' } });
  expect(created.status).toBe(201);
  expect(created.body.secret).toMatch(/^whsec_/);
  const { webhookId } = created.body.webhook;
  const path = `/api/webhooks/${webhookId}`;
  expect((await api.call('GET', '/api/webhooks')).text).not.toContain(created.body.secret);
  expect((await api.call('GET', path)).body).toMatchObject({
    state: 'enabled',
    eventTypes: expect.arrayContaining(['decision.created']),
  });
  const rotated = await api.call('POST', `${path}/rotate`);
  expect(rotated.status).toBe(201);
  expect(rotated.body.secret).not.toBe(created.body.secret);
  expect(rotated.body.webhook.previousSecretUntil).not.toBeNull();

  for (const customerId of ['page-1', 'page-2', 'page-3'])
    await api.call('POST', '/api/credit-limit', { body: { customerId } });
  expect((await api.call('PUT', `${path}/state`, { body: { enabled: false } })).body.state).toBe('disabled');
  const first = await api.call('GET', `${path}/deliveries?state=dead&limit=2`);
  expect(first.body.items).toHaveLength(2);
  const second = await api.call('GET', `${path}/deliveries?state=dead&limit=200&cursor=${first.body.nextCursor}`);
  const dead = [...first.body.items, ...second.body.items];
  expect(new Set(dead.map(({ customerId, sequence }) => `${customerId}/${sequence}`)).size).toBe(dead.length);
  expect(dead.length).toBeGreaterThanOrEqual(3);
  expect((await api.call('GET', `${path}/deliveries?cursor=nonsense`)).body.errors).toMatchObject([
    { in: 'query', field: 'cursor' },
  ]);

  expect((await api.call('POST', `${path}/redeliver`, { body: {} })).body).toEqual({ redelivered: 0 });
  expect((await api.call('PUT', `${path}/state`, { body: { enabled: true } })).body.state).toBe('enabled');
  expect(
    (await api.call('POST', `${path}/redeliver`, { body: { customerId: 'page-1' } })).body.redelivered,
  ).toBeGreaterThan(0);
  expect((await api.call('POST', `${path}/redeliver`)).body.redelivered).toBeGreaterThan(0);
  expect((await api.call('DELETE', path)).body.state).toBe('deleted');
  expect((await api.call('DELETE', path)).status).toBe(404);
  expect((await api.call('POST', '/api/webhooks', { body: { url: 'ftp://x' } })).body.errors).toMatchObject([
    { in: 'body', field: 'url' },
  ]);
});

test('keys: made, used, rotated with overlap, revoked; nobody hands on more than he holds', async () => {
  const created = await api.call('POST', '/api/keys', {
    body: { name: 'desk', scopes: ['keys:write', 'customers:read'], expiresInDays: 30 },
  });
  expect(created.status).toBe(201);
  const { token, key } = created.body;
  expect((await api.call('GET', '/api/customers/ana', { token })).status).toBe(200);
  expect((await api.call('GET', '/api/keys', { token })).text).not.toContain(token);

  const more = { name: 'x', scopes: ['limits:write'] };
  expect((await api.call('POST', '/api/keys', { token, body: more })).status).toBe(403);
  expect((await api.call('POST', '/api/keys', { token, body: { name: 'x', scopes: ['admin'] } })).status).toBe(403);
  const adminId = /^ecs_([0-9a-f]{16})_/.exec(api.adminToken)?.[1];
  expect((await api.call('POST', `/api/keys/${adminId}/rotate`, { token })).status).toBe(403);
  expect((await api.call('DELETE', `/api/keys/${adminId}`, { token })).status).toBe(403);
  const bound = { name: 'x', scopes: ['customers:read', 'admin'], customerId: 'ana' };
  expect((await api.call('POST', '/api/keys', { body: bound })).body.errors).toMatchObject([
    { in: 'body', field: 'scopes' },
  ]);

  const rotated = await api.call('POST', `/api/keys/${key.keyId}/rotate`, { body: { overlapHours: 1 } });
  expect(rotated.status).toBe(201);
  expect((await api.call('POST', `/api/keys/${key.keyId}/rotate`)).status).toBe(409);
  for (const works of [token, rotated.body.token])
    expect((await api.call('GET', '/api/keys', { token: works })).status).toBe(200);
  expect((await api.call('DELETE', `/api/keys/${key.keyId}`)).body.state).toBe('revoked');
  expect((await api.call('GET', '/api/keys', { token })).status).toBe(401);
  expect((await api.call('DELETE', '/api/keys/0000000000000000')).status).toBe(404);
});

test('a dead letter is listed without its content, shown with it, and put back', async () => {
  // A second currency passes the door and is refused where it is counted.
  const body = {
    customerId: 'ana',
    transactionId: 't-usd',
    type: 'purchase',
    amountMinor: 1,
    currency: 'USD',
    occurredAt: minutesAgo(1),
  };
  expect((await api.call('POST', '/api/transactions', { body })).status).toBe(202);
  const { items } = (await api.call('GET', '/api/dead-letters?code=wrong_currency&topic=ecs.transactions.v1')).body;
  expect(items).toMatchObject([{ customerId: 'ana', eventId: 't-usd', kept: true, retriedAt: null }]);
  const path = `/api/dead-letters/${items[0].deadLetterId}`;
  expect(JSON.parse((await api.call('GET', path)).body.original).data.currency).toBe('USD');
  expect((await api.call('POST', `${path}/retry`)).status).toBe(202);
  expect((await api.call('GET', path)).body.retriedAt).not.toBeNull();
  expect((await api.call('GET', `/api/dead-letters/${items[0].deadLetterId.replace(/^./, 'f')}`)).status).toBe(404);
});

test('models and policies are shown whole', async () => {
  const [model] = (await api.call('GET', '/api/models')).body.items;
  expect(model).toMatchObject({ alias: 'champion', modelVersion: api.system.modelFile.modelVersion });
  expect(model.artefact.features).toHaveLength(23);
  const policies = (await api.call('GET', '/api/policies')).body.items;
  expect(policies.map((policy: { pack: string }) => policy.pack).sort()).toEqual(['br', 'eu', 'generic', 'uk', 'us']);
  expect(policies.filter((policy: { isDefault: boolean }) => policy.isDefault)).toHaveLength(1);
});

test('alive, ready and measured, by template and never by customer', async () => {
  expect((await api.call('GET', '/livez', { token: null })).body).toEqual({ alive: true });
  expect((await api.call('GET', '/readyz', { token: null })).body).toMatchObject({ ready: true });
  const { text, headers } = await api.call('GET', '/metrics', { token: null });
  expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(text).toMatch(
    /http_request_duration_seconds_count\{route="\/api\/customers\/\{customerId\}",method="GET",status="200"\} \d+/,
  );
  expect(text).toMatch(/route="unmatched"|route="\/api\/credit-limit"/);
  expect(text).not.toMatch(/ana|bea|page-1/);
});

test.each([
  ['GET', '/api/customers?limit=0', 'limit'],
  ['GET', '/api/customers?limit=201', 'limit'],
  ['GET', '/api/customers?limit=x', 'limit'],
  ['GET', '/api/customers?limit=1&limit=2', 'limit'],
  ['GET', '/api/decisions?cursor=nonsense', 'cursor'],
  ['GET', '/api/decisions?outcome=maybe', 'outcome'],
  ['GET', '/api/customers/ana/emotional-state/days?days=367', 'days'],
  ['GET', '/api/customers?unknown=1', 'unknown'],
  ['GET', '/api/decisions/not-a-uuid', 'decisionId'],
  ['GET', '/api/customers/with%20space', 'customerId'],
])('400: %s %s', async (method, path, field) => {
  const { status, body } = await api.call(method, path);
  expect([status, body.errors?.map((error: { field: string }) => error.field)]).toEqual([400, [field]]);
});

test.each([
  ['/api/customers'],
  ['/api/dead-letters'],
  ['/api/customers/ana/transactions'],
  ['/api/customers/ana/statements'],
])('a cursor that was never given out is refused: %s', async (path) => {
  expect((await api.call('GET', `${path}?cursor=nonsense`)).status).toBe(400);
});

test.each([
  ['GET', '/api/customers/nobody'],
  ['GET', '/api/customers/nobody/consents'],
  ['GET', '/api/customers/nobody/limits'],
  ['GET', '/api/customers/nobody/transactions'],
  ['GET', '/api/customers/nobody/statements'],
  ['GET', '/api/customers/nobody/emotional-state'],
  ['GET', '/api/customers/nobody/emotional-state/days'],
  ['GET', '/api/customers/nobody/notifications'],
  ['GET', '/api/customers/nobody/stream'],
  ['POST', '/api/credit-limit', { customerId: 'nobody' }],
  ['PUT', '/api/customers/nobody/credit-limit', { limitMinor: 1, reason: 'x' }],
  ['PUT', '/api/customers/nobody/freeze', { reason: 'x' }],
  ['DELETE', '/api/customers/nobody/freeze?reason=x'],
  ['PUT', '/api/customers/nobody/consents/emotions', { granted: true }],
  ['GET', '/api/decisions/01a203ed-f3d9-74ca-af93-955c1259f163'],
  ['POST', '/api/decisions/01a203ed-f3d9-74ca-af93-955c1259f163/replay'],
  ['GET', '/api/webhooks/01a203ed-f3d9-74ca-af93-955c1259f163'],
  ['GET', '/api/webhooks/01a203ed-f3d9-74ca-af93-955c1259f163/deliveries'],
  ['POST', '/api/webhooks/01a203ed-f3d9-74ca-af93-955c1259f163/redeliver', {}],
  ['POST', '/api/webhooks/01a203ed-f3d9-74ca-af93-955c1259f163/rotate', {}],
  ['PUT', '/api/webhooks/01a203ed-f3d9-74ca-af93-955c1259f163/state', { enabled: true }],
  ['POST', '/api/dead-letters/01a203ed-f3d9-74ca-af93-955c1259f163/retry'],
  ['POST', '/api/keys/0123456789abcdef/rotate', {}],
])('404: %s %s', async (method, path, body: object | undefined = undefined) => {
  const answer = await api.call(method, path, { body });
  expect(answer).toMatchObject({ status: 404, body: { type: 'urn:ecs:problem:not-found' } });
});
