// The registry through the API: registered, challenged, proposed, approved by somebody else, followed by a process that
// runs already, taken back.
import { createDecider } from '../../src/decision/index.ts';
import { createLog } from '../../src/lib/log.ts';
import { createModelSource } from '../../src/model/index.ts';
import { openSystem, type System } from '../../src/open-system.ts';
import { createShadowWorker } from '../../src/shadow/index.ts';
import { eventually } from '../support/eventually.ts';
import { makeOtherModel } from '../support/registered-models.ts';
import { startTestApi, type TestApi } from './support/start-test-api.ts';

const CUSTOMER = 'ana';
/** A second is promised (load-champion.db.test.ts, by its own clock); what a busy machine takes more is no business of this test. */
const FOLLOWED_WITHIN_MS = 20_000;
let api: TestApi;
let elsewhere: System;
let ana = '';
let bea = '';

beforeAll(async () => {
  api = await startTestApi();
  // Another process on the same database: a source and a decider of its own.
  elsewhere = await openSystem(api.system.config, createLog('silent'), { migrate: false });
  ana = await api.makeKey({ scopes: ['models:write', 'models:promote', 'decisions:read'] });
  bea = await api.makeKey({ scopes: ['models:promote', 'keys:write', 'decisions:read'] });
  await api.call('PUT', `/api/customers/${CUSTOMER}`, { body: { currency: 'BRL', declaredIncomeMinor: 500_000 } });
}, 60_000);
afterAll(async () => {
  await elsewhere.close();
  await api.stop();
});

async function register(name: string, addedLogOdds = 0): Promise<string> {
  const { artefact } = await makeOtherModel(name, addedLogOdds);
  const { status, body } = await api.call('POST', '/api/models', { token: ana, body: { artefact, reason: 'new' } });
  expect(status).toBe(201);
  return body.modelVersion;
}

const propose = (modelVersion: string, token = ana) =>
  api.call('POST', '/api/model-proposals', { token, body: { modelVersion, reason: 'better' } });
const approve = (proposalId: string, token = bea) =>
  api.call('POST', `/api/model-proposals/${proposalId}/approve`, { token, body: { reason: 'checked' } });
const decidedBy = async () =>
  (await api.call('POST', '/api/credit-limit', { body: { customerId: CUSTOMER } })).body.modelVersion as string;

async function decideElsewhere(): Promise<string | null> {
  const client = await elsewhere.pool.connect();
  try {
    const asked = { customerId: CUSTOMER, trigger: 'api', requestedBy: 'test', dryRun: true } as const;
    return (await elsewhere.decider.decideCustomer(client, asked)).modelVersion;
  } finally {
    client.release();
  }
}

test('a promotion by two people reaches the processes that run, and is taken back by one', async () => {
  const before = api.system.modelFile.modelVersion;
  expect([await decidedBy(), await decideElsewhere()]).toEqual([before, before]);
  const version = await register('next', 0.3);
  const { status, body: proposal } = await propose(version);
  expect(status).toBe(201);
  expect(proposal).toMatchObject({ state: 'open', modelVersion: version, championVersion: before, reason: 'better' });
  expect((await approve(proposal.proposalId, ana)).status).toBe(403);
  expect((await api.call('GET', '/api/models/champion')).body.modelVersion).toBe(before);
  const approved = await approve(proposal.proposalId);
  expect(approved.body).toMatchObject({ state: 'approved', closingReason: 'checked' });
  for (const decided of [decidedBy, decideElsewhere]) {
    await eventually(async () => expect(await decided()).toBe(version), { timeoutMs: FOLLOWED_WITHIN_MS });
  }
  expect((await approve(proposal.proposalId)).status).toBe(409);
  // What was decided names the model that scored it, and each replays by its own.
  const { items } = (await api.call('GET', `/api/decisions?customerId=${CUSTOMER}`)).body;
  expect(new Set(items.map((decision: { modelVersion: string }) => decision.modelVersion))).toEqual(
    new Set([before, version]),
  );
  for (const { decisionId } of items) {
    expect((await api.call('POST', `/api/decisions/${decisionId}/replay`)).body.same).toBe(true);
  }
  const back = await api.call('POST', '/api/models/rollback', { token: ana, body: { reason: 'complaints' } });
  expect(back.body).toEqual({ from: version, to: before });
  await eventually(async () => expect(await decideElsewhere()).toBe(before), { timeoutMs: FOLLOWED_WITHIN_MS });
  expect((await api.call('POST', '/api/models/rollback', { token: bea, body: { reason: 'again' } })).status).toBe(409);
  const history = (await api.call('GET', '/api/model-history')).body.items;
  expect(history.map(({ action }: { action: string }) => action)).toEqual([
    'rolled_back',
    'approved',
    'proposed',
    'registered',
    'installed',
    'registered',
  ]);
});

test('whoever rotates the key stays the same person', async () => {
  const { body: made } = await api.call('POST', '/api/keys', {
    body: { name: 'carla', scopes: ['models:promote', 'keys:write'] },
  });
  const rotate = async (keyId: string, token: string) =>
    (await api.call('POST', `/api/keys/${keyId}/rotate`, { token, body: {} })).body;
  const once = await rotate(made.key.keyId, made.token);
  const { body: proposal } = await propose(await register('rotated'), once.token);
  const twice = await rotate(once.key.keyId, once.token);
  for (const token of [made.token, once.token, twice.token]) {
    expect((await approve(proposal.proposalId, token)).status).toBe(403);
  }
  const withdrawn = await api.call('POST', `/api/model-proposals/${proposal.proposalId}/reject`, {
    token: twice.token,
    body: { reason: 'mistaken' },
  });
  expect(withdrawn.body).toMatchObject({ state: 'withdrawn', closedBy: `key:${twice.key.keyId}` });
});

test('whoever makes keys stays one person: what is made with a key is its hand, at any depth', async () => {
  const make = async (token: string, scopes: readonly string[]) =>
    (await api.call('POST', '/api/keys', { token, body: { name: 'made', scopes } })).body;
  const maker = await api.makeKey({ scopes: ['models:promote', 'keys:write', 'decisions:read'] });
  const child = await make(maker, ['models:promote', 'keys:write']);
  const grandchild = await make(child.token, ['models:promote']);
  expect(grandchild.key.madeBy).toBe(child.key.keyId);
  const sibling = await make(maker, ['models:promote']);
  const { body: proposal } = await propose(await register('made'), child.token);
  for (const token of [maker, grandchild.token, sibling.token]) {
    const refused = await approve(proposal.proposalId, token);
    expect([refused.status, refused.body.detail]).toEqual([
      403,
      expect.stringMatching(/made or rotated by the same hand/),
    ]);
  }
  expect((await approve(proposal.proposalId, bea)).status).toBe(200);
  expect((await api.call('POST', '/api/models/rollback', { token: ana, body: { reason: 'test' } })).status).toBe(200);
});

test("nobody gets hold of another person's key by rotating it; what promotes nothing may be rotated", async () => {
  const { items } = (await api.call('GET', '/api/keys')).body;
  const rotate = (keyId: string, token: string) =>
    api.call('POST', `/api/keys/${keyId}/rotate`, { token, body: { overlapHours: 1 } });
  const [own, other] = [ana, bea].map((token) => token.split('_')[1] ?? '');
  expect(items.find(({ keyId }: { keyId: string }) => keyId === own)).toMatchObject({ madeBy: null });
  const keeper = await api.makeKey({ scopes: ['admin'] });
  expect((await rotate(own ?? '', keeper)).status).toBe(403);
  expect((await rotate(own ?? '', bea)).status).toBe(403);
  expect((await rotate((await api.makeKey({ scopes: ['models:write'] })).split('_')[1] ?? '', keeper)).status).toBe(
    403,
  );
  expect((await rotate((await api.makeKey({ scopes: ['states:read'] })).split('_')[1] ?? '', keeper)).status).toBe(201);
  expect((await rotate(other ?? '', bea)).status).toBe(201);
});

test('a document that is no model is refused with its field; the same one is registered once', async () => {
  const { artefact } = await makeOtherModel('twice');
  const send = (document: unknown) =>
    api.call('POST', '/api/models', { token: ana, body: { artefact: document, reason: 'new' } });
  expect((await send(artefact)).status).toBe(201);
  expect((await send(JSON.parse(JSON.stringify(artefact)))).status).toBe(200);
  const bad = await send({ ...artefact, baseRate: 7 });
  expect(bad.status).toBe(400);
  expect(bad.body.errors).toMatchObject([{ in: 'body', field: 'artefact.baseRate' }]);
  expect((await send({ ...artefact, features: artefact.features.slice(1) })).status).toBe(400);
  const { modelVersion } = (await send(artefact)).body;
  const { body } = await api.call('GET', `/api/models/${modelVersion}`);
  expect(body).toMatchObject({
    alias: null,
    name: 'twice',
    artefact: { name: 'twice' },
    training: { seed: artefact.training.seed },
  });
  expect((await api.call('GET', `/api/models/${modelVersion.replace(/^./, 'f')}`)).status).toBe(404);
});

test('a challenger scores what was decided and changes nothing', async () => {
  const version = await register('challenger', 0.5);
  const put = await api.call('PUT', '/api/models/challenger', {
    token: ana,
    body: { modelVersion: version, reason: 'look', pastDays: 1 },
  });
  expect(put.body).toMatchObject({ alias: 'challenger', modelVersion: version });
  const decisions = (await api.call('GET', `/api/decisions?customerId=${CUSTOMER}`)).body.items;
  const worker = createShadowWorker({ pool: api.system.pool, clock: Date.now, log: createLog('silent') });
  expect(await worker.drain()).toBe(decisions.length);
  const { body } = await api.call('GET', '/api/models/challenger/shadow');
  expect(body.modelVersion).toBe(version);
  const compared = body.comparisons.reduce((sum: number, one: { decisions: number }) => sum + one.decisions, 0);
  expect(compared).toBe(decisions.length);
  expect((await api.call('GET', `/api/decisions?customerId=${CUSTOMER}`)).body.items).toEqual(decisions);
  const cleared = await api.call('DELETE', '/api/models/challenger?reason=enough', { token: ana });
  expect(cleared.body).toEqual({ modelVersion: version });
  expect((await api.call('GET', '/api/models/challenger')).status).toBe(404);
  expect((await api.call('GET', `/api/models/${version}/shadow`)).body.comparisons).toEqual(body.comparisons);
  expect((await api.call('GET', '/api/models/champion/shadow')).status).toBe(404);
});

test('a batch is decided by one model, though the champion changes in between', async () => {
  const version = await register('mid-batch');
  const models = createModelSource({ clock: Date.now, log: createLog('silent'), knownForMs: 0 });
  const decider = createDecider({
    ...{ pool: api.system.pool, models, policies: api.system.policies, clock: Date.now, makeId: api.deps.makeId },
    ...{ makeNonce: () => '0'.repeat(64), kafkaDestination: false, log: createLog('silent') },
  });
  const ids = Array.from({ length: 300 }, (_, index) => `batch-${index}`);
  await api.system.pool.query(
    `insert into customers (customer_id, currency, declared_income_minor, created_at)
     select id, 'BRL', 300000, now() from unnest($1::text[]) as id`,
    [ids],
  );
  await api.system.pool.query('insert into credit_accounts (customer_id) select unnest($1::text[])', [ids]);
  const { proposalId } = (await propose(version)).body;
  const batches = [0, 100, 200].map((from) => ids.slice(from, from + 100));
  const decide = (batch: readonly string[]) =>
    decider.decideMany(batch.map((customerId) => ({ customerId, trigger: 'profile' as const })));
  const [decided, approved] = await Promise.all([Promise.all(batches.map(decide)), approve(proposalId)]);
  expect(approved).toMatchObject({ status: 200 });
  expect(decided).toEqual([100, 100, 100]);
  await decide([ids[0] ?? '']);
  const { rows } = await api.system.pool.query<{ batch: number; versions: string[] }>(
    `select substr(customer_id, 7)::int / 100 as batch, array_agg(distinct model_version) as versions
     from decisions where customer_id like 'batch-%' and sequence = 1 group by 1 order by 1`,
  );
  expect(rows.map(({ versions }) => versions.length)).toEqual([1, 1, 1]);
  const { rows: last } = await api.system.pool.query(
    "select model_version from decisions where customer_id = 'batch-0' and sequence = 2",
  );
  expect(last).toEqual([{ model_version: version }]);
});
