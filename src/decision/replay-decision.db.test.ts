import type pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import {
  makeDecider,
  one,
  saveCustomers,
  saveEmotions,
  type TestDecider,
} from '../../test/support/decision-database.ts';
import { inTransaction } from '../db/index.ts';
import { canonicalJson, sha256 } from '../lib/canonical-json.ts';
import { hashEmotionBlock } from '../model/index.ts';
import type { DecisionView } from './decision-view.ts';
import { getDecision, replayDecision } from './index.ts';

let database: TestDatabase;
let pool: pg.Pool;
let test1: TestDecider;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool;
  test1 = await makeDecider(pool);
});
afterAll(() => database.drop());

/** Raised by good spirits, so that emotional half and outcome differ from the half without. */
async function decideHappy(customerId: string): Promise<DecisionView> {
  await saveCustomers(pool, [{ customerId }]);
  await saveEmotions(pool, [customerId], { valence: 0.9, stress: 0.05 });
  return inTransaction(pool, (tx) =>
    test1.decider.decideCustomer(tx, {
      customerId,
      trigger: 'api',
      requestedBy: 'test',
      requestedLimitMinor: 5_000_000,
    }),
  );
}

test('both halves replay to the same bytes', async () => {
  const view = await decideHappy('both');
  expect(view.emotion).toMatchObject({ mode: 'bounded', used: true });
  expect(view.emotion.logOdds).toBeLessThan(0);
  expect(await replayDecision(pool, view.decisionId)).toEqual({
    decisionId: view.decisionId,
    customerId: 'both',
    same: true,
    halves: 'both',
    erased: false,
    differences: [],
  });
});

test('the stored view is the one that was given, and adds up', async () => {
  const view = await decideHappy('view');
  expect(await getDecision(pool, 'view', view.decisionId)).toEqual(view);
  const logOdds = view.contributions.reduce((sum, contribution) => sum + contribution.logOdds, 0);
  expect(1 / (1 + Math.exp(-logOdds))).toBeCloseTo(view.probabilityOfDefault ?? 0, 12);
  expect(view.contributions.at(-1)).toEqual({ feature: 'emotion', logOdds: view.emotion.logOdds });
});

test('after an erasure the half without emotion is still proven, and nothing emotional is left', async () => {
  const view = await decideHappy('erased');
  await pool.query("delete from decision_emotions where customer_id = 'erased'");
  await pool.query("delete from emotional_states where customer_id = 'erased'");
  expect(await replayDecision(pool, view.decisionId)).toMatchObject({
    same: true,
    halves: 'financial',
    erased: true,
    differences: [],
  });
  const left = await getDecision(pool, 'erased', view.decisionId);
  expect(left).toMatchObject({
    // What happened stays; why, as far as it was emotional, is gone.
    limitMinor: view.limitMinor,
    outcome: view.outcome,
    emotion: { used: false, logOdds: 0 },
  });
  expect(left?.score).not.toBe(view.score);
  expect(left?.contributions.some((contribution) => contribution.feature === 'emotion')).toBe(false);
  expect(left?.reasons.some((reason) => reason.code.startsWith('emotion_') || reason.code === 'care_pause')).toBe(
    false,
  );
});

test('the erased half cannot be guessed from its hash: the same feelings have another hash each time', async () => {
  const first = await decideHappy('guess-1');
  const second = await decideHappy('guess-2');
  const hashOf = async ({ decisionId }: DecisionView) =>
    (
      await one<{ emotion_sha256: Buffer }>(pool, 'select emotion_sha256 from decisions where decision_id = $1', [
        decisionId,
      ])
    ).emotion_sha256;
  expect((await hashOf(first)).equals(await hashOf(second))).toBe(false);
  const { record } = await one<{ record: string }>(
    pool,
    "select record from decision_emotions where customer_id = 'guess-1'",
  );
  expect(JSON.parse(record).inputs.nonce).toMatch(/^[0-9a-f]{64}$/);
});

describe('whatever is changed afterwards is seen', () => {
  const tamper: readonly (readonly [string, string, RegExp])[] = [
    [
      'the record',
      `update decisions set record = replace(record, '"trigger":"api"', '"trigger":"statement"')`,
      /record/,
    ],
    [
      'an input in the record, with its hash',
      `update decisions set (record, record_sha256) = (
         select changed, sha256(convert_to(changed, 'UTF8'))
         from (select replace(record, '"declaredIncomeMinor":300000', '"declaredIncomeMinor":300001') as changed) c)`,
      /chain|without emotion/,
    ],
    ['the limit', 'update decisions set limit_minor = limit_minor + 5000', /limitMinor/],
    ['the limit without emotion', 'update decisions set limit_without_emotion_minor = 1', /limitWithoutEmotionMinor/],
    ['the outcome', `update decisions set outcome = 'review'`, /outcome/],
    ['the reasons', `update decisions set reasons = '{limit_kept}'`, /reasons/],
    ['the rate', 'update decisions set rate_bps = 1', /rateBps/],
    ['who asked', `update decisions set requested_by = 'somebody'`, /requestedBy/],
    ['the time', `update decisions set decided_at = decided_at + interval '1 hour'`, /decidedAtMs/],
    ['the chain', String.raw`update decisions set chain_link = '\x00'`, /chain/],
    ['the hash of the emotional half', String.raw`update decisions set emotion_sha256 = '\x00'`, /emotion_sha256/],
    [
      'the emotional half',
      `update decision_emotions set record = replace(record, '"acuteDistress":false', '"acuteDistress":true')`,
      /emotional half/,
    ],
  ];

  test.each(tamper)('%s', async (name, change, difference) => {
    const view = await decideHappy(`tamper-${name.replaceAll(/\W/g, '-')}`);
    await pool.query(`${change} where decision_id = '${view.decisionId}'`);
    const replayed = await replayDecision(pool, view.decisionId);
    expect(replayed.same).toBe(false);
    expect(replayed.differences.join('; ')).toMatch(difference);
  });

  test('a decision that was taken out of the chain', async () => {
    await decideHappy('hole');
    const second = await inTransaction(pool, (tx) =>
      test1.decider.decideCustomer(tx, { customerId: 'hole', trigger: 'statement', requestedBy: 'test' }),
    );
    const third = await inTransaction(pool, (tx) =>
      test1.decider.decideCustomer(tx, { customerId: 'hole', trigger: 'statement', requestedBy: 'test' }),
    );
    await pool.query('delete from decision_emotions where decision_id = $1', [second.decisionId]);
    await pool.query('delete from decisions where decision_id = $1', [second.decisionId]);
    expect((await replayDecision(pool, third.decisionId)).differences.join()).toMatch(/chain/);
  });
});

test('a decision replays under the verdict it was made under, also when the gate has shut since', async () => {
  const view = await decideHappy('gate');
  const shut = canonicalJson({ state: 'shut', blockSha256: hashEmotionBlock(test1.model.compiled.emotionBlock) });
  await pool.query(
    `insert into gate_verdicts (verdict_sha256, document, registered_at, registered_by, registered_holder, in_force_at)
     values ($1, $2, $3, 'key:one', 'key:one', $3)`,
    [sha256(shut).toString('hex'), shut, new Date(test1.time.nowMs)],
  );
  expect(await replayDecision(pool, view.decisionId)).toMatchObject({ same: true, halves: 'both' });
  const after = await decideHappy('gate-shut');
  expect(after.emotion).toMatchObject({ mode: 'protective', logOdds: 0 });
  expect(await replayDecision(pool, after.decisionId)).toMatchObject({ same: true, halves: 'both' });
  await pool.query("delete from gate_verdicts where state = 'shut'");
  await expect(replayDecision(pool, after.decisionId)).rejects.toMatchObject({ code: 'ECS_VERSION_UNKNOWN' });
  expect((await decideHappy('gate-open')).emotion.mode).toBe('bounded');
});

test('a version that is not registered, and a decision that is not there, are refused by name', async () => {
  const view = await decideHappy('versionless');
  const { policy_version: version, document } = await one<{ policy_version: string; document: string }>(
    pool,
    "select * from policy_versions where pack = 'generic'",
  );
  await pool.query('delete from policy_versions where policy_version = $1', [version]);
  await expect(replayDecision(pool, view.decisionId)).rejects.toMatchObject({ code: 'ECS_VERSION_UNKNOWN' });
  await pool.query("insert into policy_versions values ($1, 'generic', $2, now())", [version, document]);
  expect((await replayDecision(pool, view.decisionId)).same).toBe(true);
  expect(sha256(document).toString('hex')).toBe(version);
  await expect(replayDecision(pool, '0193f000-0000-7000-8000-00000000ffff')).rejects.toMatchObject({
    code: 'ECS_NOT_FOUND',
  });
  await expect(replayDecision(pool, 'not an id')).rejects.toMatchObject({ code: 'ECS_NOT_FOUND' });
});
