import type pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import {
  makeDecider,
  one,
  saveCustomers,
  saveEmotions,
  type TestDecider,
} from '../../test/support/decision-database.ts';
import { makeDialScorecard } from '../../test/support/dial-scorecard.ts';
import { NOW_MS } from '../../test/support/policy-facts.ts';
import { inTransaction } from '../db/index.ts';
import { SECOND_MS } from '../lib/clock.ts';
import type { DecisionQuery } from './decision-history.ts';
import type { DecisionTrigger } from './decision-view.ts';
import { getDecision, listDecisions, registerVersions } from './index.ts';

let database: TestDatabase;
let pool: pg.Pool;
let test1: TestDecider;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool;
  test1 = await makeDecider(pool);
  await saveCustomers(pool, [
    { customerId: 'ana' },
    { customerId: 'bruno' },
    { customerId: 'poor', payer: 'late', declaredIncomeMinor: 10_000 },
  ]);
  await inTransaction(pool, (tx) =>
    test1.decider.saveOpeningDecisions(tx, [{ customerId: 'ana', limitMinor: 200_000 }], 'import'),
  );
  for (const [customerId, trigger] of [
    ['bruno', 'api'],
    ['poor', 'api'],
    ['bruno', 'statement'],
    ['bruno', 'statement'],
  ] as const) {
    test1.time.nowMs += SECOND_MS;
    await decide(customerId, trigger);
  }
  await saveEmotions(pool, ['ana'], { valence: -0.9, stress: 0.9 });
  test1.time.nowMs += SECOND_MS;
  await decide('ana', 'state_change');
});
afterAll(() => database.drop());

const decide = (customerId: string, trigger: DecisionTrigger) =>
  inTransaction(pool, (tx) => test1.decider.decideCustomer(tx, { customerId, trigger, requestedBy: 'test' }));
const list = async (query: Partial<DecisionQuery>) => {
  const page = await listDecisions(pool, { limit: 50, ...query });
  return page.items.map((view) => `${view.customerId} ${view.outcome}`);
};

test('newest first, all of them', async () => {
  expect(await list({})).toEqual([
    'ana keep',
    'bruno keep',
    'bruno keep',
    'poor decline',
    'bruno approve',
    'ana approve',
  ]);
});

test.each<[string, Partial<DecisionQuery>, string[]]>([
  ['customer', { customerId: 'ana' }, ['ana keep', 'ana approve']],
  ['outcome', { outcome: 'decline' }, ['poor decline']],
  ['reason', { reason: 'limit_brought_along' }, ['ana approve']],
  ['reason of the emotional half', { reason: 'care_pause' }, ['ana keep']],
  ['reason nobody has', { reason: `x' or true --"` }, []],
  ['from', { fromMs: NOW_MS + 4 * SECOND_MS }, ['ana keep', 'bruno keep']],
  ['to, itself left out', { toMs: NOW_MS + SECOND_MS }, ['ana approve']],
  ['several at once', { customerId: 'bruno', outcome: 'keep', toMs: NOW_MS + 4 * SECOND_MS }, ['bruno keep']],
])('by %s', async (_name, query, expected) => {
  expect(await list(query)).toEqual(expected);
});

test('pages of every size hold every decision once', async () => {
  const all = await listDecisions(pool, { limit: 50 });
  for (const limit of [1, 2, 4, 6]) {
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listDecisions(pool, { limit, cursor });
      expect(page.items.length).toBeLessThanOrEqual(limit);
      found.push(...page.items.map((view) => view.decisionId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(found).toEqual(all.items.map((view) => view.decisionId));
  }
});

test.each(['', 'x', Buffer.from('1 nothing').toString('base64url'), Buffer.from("1 ' or true").toString('base64url')])(
  'a cursor that is not ours is refused: %p',
  async (cursor) => {
    await expect(listDecisions(pool, { limit: 1, cursor })).rejects.toMatchObject({ code: 'ECS_REQUEST_INVALID' });
  },
);

test('one decision: by its customer, by anybody, and not by another', async () => {
  const { decision_id: id } = await one<{ decision_id: string }>(
    pool,
    "select decision_id from decisions where customer_id = 'poor'",
  );
  expect(await getDecision(pool, null, id)).toMatchObject({ customerId: 'poor' });
  expect(await getDecision(pool, 'poor', id)).toMatchObject({ decisionId: id });
  expect(await getDecision(pool, 'ana', id)).toBeNull();
  expect(await getDecision(pool, null, 'no id at all')).toBeNull();
});

test('at most four reasons are told, each with its text; all are stored', async () => {
  const [declined] = (await listDecisions(pool, { limit: 1, outcome: 'decline' })).items;
  expect(declined?.reasons.length).toBeLessThanOrEqual(4);
  for (const reason of declined?.reasons ?? []) expect(reason.text.length).toBeGreaterThan(10);
  const { n } = await one<{ n: number }>(
    pool,
    "select cardinality(reasons) as n from decisions where outcome = 'decline'",
  );
  expect(n).toBeGreaterThan(4);
});

test('registering versions twice changes nothing; another model file is registered and does not take the alias', async () => {
  const counts = () =>
    one(
      pool,
      'select (select count(*) from model_versions) as models, (select count(*) from policy_versions) as policies',
    );
  const before = await counts();
  await registerVersions(pool, test1.model, test1.policies, NOW_MS + 1);
  expect(await counts()).toEqual(before);
  expect(before).toEqual({ models: 1, policies: 5 });
  const other = await makeDialScorecard();
  expect(await registerVersions(pool, other, test1.policies, NOW_MS + 1)).toBe(test1.model.modelVersion);
  expect(await one(pool, 'select alias, model_version from model_aliases')).toEqual({
    alias: 'champion',
    model_version: test1.model.modelVersion,
  });
  expect(await counts()).toEqual({ models: 2, policies: 5 });
});
