// Who may call what: every operation of the API with eight kinds of key. An operation without an entry here fails, so a
// new route cannot slip in unlooked at.
import { CUSTOMER_SCOPES, SCOPES, type Scope } from '../../src/access/scopes.ts';
import type { Route } from '../../src/api/define-route.ts';
import { API_ROUTES } from '../../src/api/routes/index.ts';
import { makeOpenVerdict, registerAgain } from '../support/registered-verdict.ts';
import { type Called, startTestApi, type TestApi } from './support/start-test-api.ts';

const KINDS = ['admin', 'right', 'wrong', 'own', 'other', 'revoked', 'none', 'garbage'] as const;
type Kind = (typeof KINDS)[number];

interface Sample {
  /** Path with what it needs freshly made, so that every call meets the same state. */
  readonly path: () => Promise<string> | string;
  readonly body?: () => unknown;
  /** Answer for who may: 200 where absent. */
  readonly allowed?: number;
  /** What another customer's key meets: 404 where absent; a function looks at what it is shown instead. */
  readonly other?: number | ((answer: Called) => void);
}

const OWN = 'own-customer';
const OTHER = 'other-customer';
const now = () => new Date().toISOString();
let api: TestApi;
let decisionId = '';

async function makeWebhook(): Promise<string> {
  const { body } = await api.call('POST', '/api/webhooks', { body: { url: 'http://127.0.0.1:9/' } });
  return body.webhook.webhookId;
}
async function deleteWebhook(webhookId: string): Promise<void> {
  await api.call('DELETE', `/api/webhooks/${webhookId}`);
}
// One is enough for everything but deleting; there may be fifty.
let sharedWebhook: Promise<string> | undefined;
const webhook = () => {
  sharedWebhook ??= makeWebhook();
  return sharedWebhook;
};

async function makeKeyId(): Promise<string> {
  const { body } = await api.call('POST', '/api/keys', { body: { name: 'x', scopes: ['keys:write'] } });
  return body.key.keyId;
}

async function makeDeadLetterId(): Promise<string> {
  const transactionId = `dead-${Math.random()}`;
  const body = { customerId: OWN, transactionId, type: 'fee', amountMinor: 1, currency: 'USD', occurredAt: now() };
  await api.call('POST', '/api/transactions', { body });
  const { items } = (await api.call('GET', '/api/dead-letters?limit=1')).body;
  return items[0].deadLetterId;
}

const freeze = () => api.call('PUT', `/api/customers/${OWN}/freeze`, { body: { reason: 'x' } });
const unfreeze = () => api.call('DELETE', `/api/customers/${OWN}/freeze?reason=x`);

const openVerdict = makeOpenVerdict(Date.now());
const verdict = () => registerAgain(api.system.pool, openVerdict, Date.now());

let otherModels = 0;
const otherModel = () => {
  otherModels += 1;
  return { ...api.system.modelFile.artefact, name: `other-${otherModels}` };
};
async function registerOther(): Promise<string> {
  const { body } = await api.call('POST', '/api/models', { body: { artefact: otherModel(), reason: 'x' } });
  return body.modelVersion;
}
const challenge = async () =>
  api.call('PUT', '/api/models/challenger', { body: { modelVersion: await registerOther(), reason: 'x' } });
// By a person of its own, so that whoever is tried is another one.
async function propose(): Promise<string> {
  const body = { modelVersion: await registerOther(), reason: 'x' };
  const token = await api.makeKey({ scopes: ['models:promote'] });
  return (await api.call('POST', '/api/model-proposals', { body, token })).body.proposalId;
}
const promote = async () =>
  api.call('POST', `/api/model-proposals/${await propose()}/approve`, { body: { reason: 'x' } });

const emotion = () => ({
  ...{
    specversion: '1.0',
    id: String(Math.random()),
    source: 'urn:t',
    type: 'ecs.emotion.v1',
    subject: OWN,
    time: now(),
  },
  data: { valence: 0, arousal: 0, confidence: 1, source: 'self_report' },
});
const sample = (path: string, rest: Omit<Sample, 'path'> = {}): Sample => ({ path: () => path, ...rest });
const showsNobody = (answer: Called) => {
  expect(answer.status).toBe(200);
  expect(answer.text).not.toContain(OWN);
};
const own = `/api/customers/${OWN}`;

const SAMPLES: Readonly<Record<string, Sample>> = {
  getLiveness: sample('/livez'),
  getReadiness: sample('/readyz'),
  getOpenApi: sample('/openapi.json'),
  getMetrics: sample('/metrics'),
  evaluateCreditLimit: sample('/api/credit-limit', { body: () => ({ customerId: OWN }) }),
  setCreditLimit: sample(`${own}/credit-limit`, { body: () => ({ limitMinor: 50_000, reason: 'x' }) }),
  freezeAccount: { path: () => unfreeze().then(() => `${own}/freeze`), body: () => ({ reason: 'x' }) },
  unfreezeAccount: { path: () => freeze().then(() => `${own}/freeze?reason=x`) },
  listLimits: sample(`${own}/limits`),
  listCustomers: sample('/api/customers', { other: showsNobody }),
  getCustomer: sample(own),
  putCustomer: sample(own, { body: () => ({ declaredIncomeMinor: 400_000 }), allowed: 202 }),
  listConsents: sample(`${own}/consents`),
  putConsent: sample(`${own}/consents/emotions`, { body: () => ({ granted: true }) }),
  submitEvents: sample('/api/events', { body: emotion, allowed: 202 }),
  submitTransaction: sample('/api/transactions', {
    body: () => ({
      ...{ customerId: OWN, transactionId: String(Math.random()), type: 'purchase', amountMinor: 1, currency: 'BRL' },
      occurredAt: now(),
    }),
    allowed: 202,
  }),
  listTransactions: sample(`${own}/transactions`),
  listStatements: sample(`${own}/statements`),
  getEmotionalState: sample(`${own}/emotional-state`),
  listEmotionDays: sample(`${own}/emotional-state/days`),
  listDecisions: sample('/api/decisions', { other: showsNobody }),
  exportDecisions: sample('/api/decisions.csv', { other: showsNobody }),
  getDecision: { path: () => `/api/decisions/${decisionId}` },
  getWhatWouldChange: { path: () => `/api/decisions/${decisionId}/what-would-change` },
  replayDecision: { path: () => `/api/decisions/${decisionId}/replay` },
  listNotifications: sample(`${own}/notifications`),
  markNotificationRead: sample(`${own}/notifications/1/read`),
  streamNotifications: sample(`${own}/stream`),
  listWebhooks: sample('/api/webhooks'),
  createWebhook: sample('/api/webhooks', { body: () => ({ url: 'http://127.0.0.1:9/' }), allowed: 201 }),
  getWebhook: { path: async () => `/api/webhooks/${await webhook()}` },
  switchWebhook: { path: async () => `/api/webhooks/${await webhook()}/state`, body: () => ({ enabled: true }) },
  rotateWebhookSecret: { path: async () => `/api/webhooks/${await webhook()}/rotate`, allowed: 201 },
  deleteWebhook: { path: async () => `/api/webhooks/${await makeWebhook()}` },
  listDeliveries: { path: async () => `/api/webhooks/${await webhook()}/deliveries` },
  redeliver: { path: async () => `/api/webhooks/${await webhook()}/redeliver`, body: () => ({}) },
  listDeadLetters: sample('/api/dead-letters'),
  getDeadLetter: { path: async () => `/api/dead-letters/${await makeDeadLetterId()}` },
  retryDeadLetter: { path: async () => `/api/dead-letters/${await makeDeadLetterId()}/retry`, allowed: 202 },
  listKeys: sample('/api/keys'),
  createKey: sample('/api/keys', { body: () => ({ name: 'x', scopes: ['keys:write'] }), allowed: 201 }),
  rotateKey: { path: async () => `/api/keys/${await makeKeyId()}/rotate`, allowed: 201 },
  revokeKey: { path: async () => `/api/keys/${await makeKeyId()}` },
  listModels: sample('/api/models'),
  getModel: sample('/api/models/champion'),
  registerModel: { path: () => '/api/models', body: () => ({ artefact: otherModel(), reason: 'x' }), allowed: 201 },
  setChallenger: {
    path: () => '/api/models/challenger',
    body: async () => ({ modelVersion: await registerOther(), reason: 'x' }),
  },
  clearChallenger: { path: () => challenge().then(() => '/api/models/challenger?reason=x') },
  getShadowSummary: { path: async () => `/api/models/${(await challenge()).body.modelVersion}/shadow` },
  listModelHistory: sample('/api/model-history'),
  listModelProposals: sample('/api/model-proposals'),
  getModelProposal: { path: async () => `/api/model-proposals/${await propose()}` },
  proposeChampion: {
    path: () => '/api/model-proposals',
    body: async () => ({ modelVersion: await registerOther(), reason: 'x' }),
    allowed: 201,
  },
  approveModelProposal: {
    path: async () => `/api/model-proposals/${await propose()}/approve`,
    body: () => ({ reason: 'x' }),
  },
  rejectModelProposal: {
    path: async () => `/api/model-proposals/${await propose()}/reject`,
    body: () => ({ reason: 'x' }),
  },
  rollBackChampion: { path: () => promote().then(() => '/api/models/rollback'), body: () => ({ reason: 'x' }) },
  listGateVerdicts: sample('/api/gate-verdicts'),
  getGateVerdict: { path: async () => `/api/gate-verdicts/${await verdict()}` },
  getGatePicture: { path: async () => `/api/gate-verdicts/${await verdict()}/picture` },
  approveGateVerdict: { path: async () => `/api/gate-verdicts/${await verdict()}/approve` },
  listPolicies: sample('/api/policies'),
  getDrift: sample('/api/monitoring/drift'),
  getPerformance: sample('/api/monitoring/performance'),
};

beforeAll(async () => {
  api = await startTestApi();
  for (const customerId of [OWN, OTHER]) {
    const body = { currency: 'BRL', jurisdiction: 'BR', declaredIncomeMinor: 500_000 };
    await api.call('PUT', `/api/customers/${customerId}`, { body });
  }
  decisionId = (await api.call('POST', '/api/credit-limit', { body: { customerId: OWN } })).body.decisionId;
}, 60_000);
afterAll(() => api.stop());

/** A token of this kind for the scope; past the rules of createKey where a customer's key may not hold the scope. */
async function tokenOf(kind: Kind, scope: Scope): Promise<string | null> {
  switch (kind) {
    case 'admin':
      return api.adminToken;
    case 'none':
      return null;
    case 'garbage':
      return `ecs_0123456789abcdef_${'A'.repeat(43)}`;
    case 'wrong':
      return api.makeKey({ scopes: SCOPES.filter((other) => other !== scope && other !== 'admin') });
    case 'own':
      return boundToken(scope, OWN);
    case 'other':
      return boundToken(scope, OTHER);
    case 'revoked': {
      const token = await api.makeKey({ scopes: [scope] });
      await api.system.pool.query('update api_keys set revoked_at = now() where key_id = $1', [token.split('_')[1]]);
      return token;
    }
    default:
      return api.makeKey({ scopes: [scope] });
  }
}

async function boundToken(scope: Scope, customerId: string): Promise<string> {
  const token = await api.makeKey({ scopes: [scope] });
  await api.system.pool.query('update api_keys set customer_id = $2 where key_id = $1', [
    token.split('_')[1],
    customerId,
  ]);
  return token;
}

function expectedOf(route: Route, kind: Kind, { allowed = 200, other = 404 }: Sample): Sample['other'] {
  const { access } = route;
  if (access === 'public') return allowed;
  if (kind === 'none' && access.openOnLoopback === true) return allowed;
  if (kind === 'none' || kind === 'garbage' || kind === 'revoked') return 401;
  if (kind === 'wrong') return 403;
  if (kind === 'own' || kind === 'other') {
    if (access.reach === 'lender') return 403;
    return kind === 'own' ? allowed : other;
  }
  return allowed;
}

test('every operation has its entry, and every entry its operation', () => {
  expect(Object.keys(SAMPLES).sort()).toEqual(API_ROUTES.map(({ operationId }) => operationId).sort());
});

test('what a customer may reach needs a scope that a customer may hold', () => {
  for (const { access, operationId } of API_ROUTES) {
    if (access === 'public' || access.reach === 'lender') continue;
    expect([operationId, CUSTOMER_SCOPES.includes(access.scope)]).toEqual([operationId, true]);
  }
});

const CELLS = API_ROUTES.flatMap((route) => KINDS.map((kind) => [route.operationId, kind, route] as const));

test.each(CELLS)('%s with key: %s', async (operationId, kind, route) => {
  const entry = SAMPLES[operationId];
  if (entry === undefined) throw new Error(`${operationId} has no entry`);
  const scope: Scope = route.access === 'public' ? 'customers:read' : route.access.scope;
  const token = await tokenOf(kind, scope);
  const path = await entry.path();
  // A stream has no end: its headers are what is asked for.
  const method = operationId === 'streamNotifications' ? 'HEAD' : route.method.toUpperCase();
  const answer = await api.call(method, path, { token, body: await entry.body?.() });
  if (operationId === 'createWebhook' && answer.status === 201) await deleteWebhook(answer.body.webhook.webhookId);
  if (operationId === 'deleteWebhook' && answer.status !== 200) await deleteWebhook(path.split('/')[3] ?? '');
  const expected = expectedOf(route, kind, entry);
  if (typeof expected === 'function') expected(answer);
  else expect(answer.status).toBe(expected);
  if (answer.status === 401) expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  // No trace of the owner in what the other customer is told.
  if (kind === 'other') expect(answer.text).not.toContain(OWN);
});

test('unknown and out of reach look the same, byte for byte but for the request id', async () => {
  const token = await boundToken('customers:read', OTHER);
  const strip = ({ status, body }: Called) => ({ status, ...body, requestId: '' });
  const outOfReach = await api.call('GET', own, { token });
  const unknown = await api.call('GET', '/api/customers/no-such-customer', { token });
  expect(strip(outOfReach)).toEqual(strip(unknown));
});

test("a customer's own key: a list asked for somebody else, a batch with somebody else in it, and money are refused", async () => {
  const reader = await boundToken('decisions:read', OTHER);
  expect((await api.call('GET', `/api/decisions?customerId=${OWN}`, { token: reader })).status).toBe(404);
  const sender = await boundToken('events:write', OTHER);
  const mine = { ...emotion(), subject: OTHER };
  expect((await api.call('POST', '/api/events', { token: sender, body: [mine, emotion()] })).status).toBe(404);
  expect((await api.call('POST', '/api/events', { token: sender, body: [mine] })).status).toBe(202);
  const income = {
    ...{ ...mine, type: 'ecs.transaction.v1' },
    data: { type: 'income', amountMinor: 9_999_999, currency: 'BRL' },
  };
  expect((await api.call('POST', '/api/events', { token: sender, body: income })).status).toBe(403);
});

test('/metrics asks for a key when a proxy stands in front, though the server is bound to loopback', async () => {
  for (const header of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip']) {
    const headers = { [header]: '203.0.113.9' };
    expect((await api.call('GET', '/metrics', { token: null, headers })).status).toBe(401);
  }
});

test('a token in the query or without its scheme is no token', async () => {
  expect((await api.call('GET', `${own}?access_token=${api.adminToken}`, { token: null })).status).toBe(401);
  expect((await api.call('GET', own, { token: null, headers: { authorization: api.adminToken } })).status).toBe(401);
  expect(
    (await api.call('GET', own, { token: null, headers: { authorization: `bearer ${api.adminToken}` } })).status,
  ).toBe(200);
});
