// The shadow on a real database: every stored decision once, whatever is killed, late or erased, and no effect on any.
import type pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import {
  makeDecider,
  one,
  saveCustomers,
  saveEmotions,
  silentLog,
  type TestDecider,
} from '../../test/support/decision-database.ts';
import { NOW_MS } from '../../test/support/policy-facts.ts';
import { makeOtherModel } from '../../test/support/registered-models.ts';
import { inTransaction } from '../db/index.ts';
import { MINUTE_MS } from '../lib/clock.ts';
import { clearChallenger, ECS_ACTOR, type LoadedScorecard, registerModel, setChallenger } from '../model/index.ts';
import { createShadowWorker, loadShadowSummary, type ShadowSummary } from './index.ts';

let database: TestDatabase;
let pool: pg.Pool;
let test1: TestDecider;
let riskier: LoadedScorecard;

beforeEach(async () => {
  database = await createTestDatabase({ max: 12 });
  pool = database.pool;
  test1 = await makeDecider(pool);
  riskier = await makeOtherModel('riskier', 0.75);
  await inTransaction(pool, (tx) =>
    registerModel(tx, riskier.artefact, { actor: ECS_ACTOR, reason: 'test', nowMs: NOW_MS }),
  );
});
afterEach(() => database.drop());

const challenge = (nowMs = NOW_MS, pastDays = 0) =>
  inTransaction(pool, (tx) =>
    setChallenger(tx, { modelVersion: riskier.modelVersion, reason: 'test', pastDays }, ECS_ACTOR, nowMs),
  );
const worker = (batchSize?: number) =>
  createShadowWorker({ pool, clock: () => test1.time.nowMs, log: silentLog, ...(batchSize ? { batchSize } : {}) });
const names = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
const decide = (ids: readonly string[]) =>
  test1.decider.decideMany(ids.map((customerId) => ({ customerId, trigger: 'profile' as const })));
const scored = async () => (await one<{ n: number }>(pool, 'select count(*) as n from shadow_scores')).n;
async function summary(): Promise<ShadowSummary> {
  const found = await loadShadowSummary(pool, riskier.modelVersion);
  if (found === null) throw new Error('no run');
  return found;
}

async function saveMixed(prefix: string): Promise<string[]> {
  const good = names(`${prefix}-good`, 6);
  const late = names(`${prefix}-late`, 6);
  await saveCustomers(pool, [
    ...good.map((customerId, index) => ({ customerId, declaredIncomeMinor: 100_000 * (index + 1) })),
    ...late.map((customerId) => ({ customerId, payer: 'late' as const })),
  ]);
  return [...good, ...late];
}

test('every decision from the beginning on is scored once, as the model itself scores it, and nothing else changes', async () => {
  await saveCustomers(pool, [{ customerId: 'before' }]);
  await decide(['before']);
  test1.time.nowMs = NOW_MS + 1_000;
  await challenge(NOW_MS + 1_000);
  const ids = await saveMixed('a');
  await saveEmotions(pool, ids, { valence: -0.9, stress: 0.9 });
  await decide(ids);
  const before = await one(
    pool,
    'select md5(string_agg(d::text, chr(10) order by d.decision_id)) as sum from decisions d',
  );
  expect(await worker(5).drain()).toBe(12);
  expect(await worker().drain()).toBe(0);
  expect(
    await one(pool, 'select md5(string_agg(d::text, chr(10) order by d.decision_id)) as sum from decisions d'),
  ).toEqual(before);
  const { rows } = await pool.query(
    `select s.*, d.score as decided_score, d.probability_of_default as decided_pd, d.limit_without_emotion_minor,
       d.record::jsonb -> 'result' -> 'settled' ->> 'outcome' as decided_outcome
     from shadow_scores s join decisions d using (customer_id, decision_id)`,
  );
  expect(rows).toHaveLength(12);
  const logOdds = (p: number) => Math.log(p / (1 - p));
  for (const row of rows) {
    expect(row.champion_version).toBe(test1.model.modelVersion);
    expect([row.champion_score, row.champion_probability_of_default]).toEqual([row.decided_score, row.decided_pd]);
    expect(row.champion_outcome).toBe(row.decided_outcome);
    // The challenger is the same card with another intercept, so its risk is exactly that much higher.
    expect(logOdds(row.probability_of_default) - logOdds(row.champion_probability_of_default)).toBeCloseTo(0.75, 9);
    expect(row.score).toBeLessThan(row.champion_score);
    expect(row.band).toBeGreaterThanOrEqual(row.champion_band);
    expect(row.limit_minor).toBeLessThanOrEqual(row.champion_limit_minor);
  }
  expect(rows.some((row) => row.limit_minor < row.champion_limit_minor)).toBe(true);
});

test('the summary counts what the rows say', async () => {
  await challenge();
  await decide(await saveMixed('a'));
  await worker().drain();
  const { rows } = await pool.query('select * from shadow_scores');
  const mean = (of: (row: Record<string, number>) => number) =>
    rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
  const [comparison, ...others] = (await summary()).comparisons;
  expect(others).toEqual([]);
  expect(comparison).toMatchObject({
    championVersion: test1.model.modelVersion,
    decisions: 12,
    otherOutcomeShare: mean((row) => Number(row.outcome !== row.champion_outcome)),
    otherBandShare: mean((row) => Number(row.band !== row.champion_band)),
    otherLimitShare: mean((row) => Number(row.limit_minor !== row.champion_limit_minor)),
    firstDecidedAt: new Date(NOW_MS).toISOString(),
  });
  expect(comparison?.meanProbabilityOfDefaultDifference).toBeCloseTo(
    mean((row) => (row.probability_of_default ?? 0) - (row.champion_probability_of_default ?? 0)),
    12,
  );
  expect(comparison?.otherLimitShare).toBeGreaterThan(0);
});

test('the stability of the scores: none where both give the same, much where one lies lower', async () => {
  await challenge();
  await decide(await saveMixed('a'));
  await worker().drain();
  const psi = async () => (await summary()).comparisons[0]?.scorePsi;
  const spread = 'row_number() over (order by customer_id)';
  const spreadTo = (shift: number) =>
    pool.query(
      `update shadow_scores s set champion_score = 500 + 5 * place, score = 500 + 5 * place - $1::int
       from (select customer_id, ${spread} as place from shadow_scores) p where p.customer_id = s.customer_id`,
      [shift],
    );
  await spreadTo(0);
  expect(await psi()).toBe(0);
  await spreadTo(20);
  expect(await psi()).toBeGreaterThan(0.5);
});

test('several workers at once and one that is killed: each decision once', async () => {
  await challenge();
  const ids = names('many', 60);
  await saveCustomers(
    pool,
    ids.map((customerId) => ({ customerId })),
  );
  await decide(ids);
  // Killed between the scores and the progress.
  await pool.query(
    `create function fail_once() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$;
     create trigger fail before update on shadow_runs for each row execute function fail_once()`,
  );
  test1.time.nowMs = NOW_MS + 10 * MINUTE_MS;
  await expect(worker(7).drain()).rejects.toThrow('killed');
  // The last of the batches went with its progress, the others stay.
  expect(await scored()).toBe(56);
  await pool.query('drop trigger fail on shadow_runs');
  const ends = await Promise.all([1, 2, 3, 4].map(() => worker(7).drain()));
  await worker(7).drain();
  expect(await scored()).toBe(60);
  // Whoever found another at work left at once; nothing was scored twice.
  expect(ends.reduce((sum, end) => sum + end, 0)).toBeLessThanOrEqual(60);
  expect((await summary()).comparisons[0]?.decisions).toBe(60);
});

test('a decision that becomes visible late is scored all the same', async () => {
  await challenge();
  await saveCustomers(pool, [{ customerId: 'slow' }, { customerId: 'quick' }]);
  const slow = await pool.connect();
  try {
    await slow.query('begin');
    await test1.decider.decideCustomer(slow, { customerId: 'slow', trigger: 'api', requestedBy: 'test' });
    test1.time.nowMs = NOW_MS + MINUTE_MS;
    await decide(['quick']);
    expect(await worker().drain()).toBe(1);
    await slow.query('commit');
  } finally {
    slow.release();
  }
  test1.time.nowMs = NOW_MS + MINUTE_MS + 30_000;
  expect(await worker().drain()).toBe(1);
  expect(await scored()).toBe(2);
});

test('what was settled long ago is not looked through again', async () => {
  await challenge();
  await decide(await saveMixed('old'));
  test1.time.nowMs = NOW_MS + 10 * MINUTE_MS;
  await worker().drain();
  expect((await summary()).scoredTo).toBe(new Date(NOW_MS + 8 * MINUTE_MS).toISOString());
  // Moved forward only: a clock that lags does not take it back.
  test1.time.nowMs = NOW_MS;
  await worker().drain();
  expect((await summary()).scoredTo).toBe(new Date(NOW_MS + 8 * MINUTE_MS).toISOString());
});

test('without a challenger nothing is scored; the past days are, where they are asked for', async () => {
  await decide(await saveMixed('a'));
  expect(await worker().drain()).toBe(0);
  await challenge(NOW_MS + 60_000);
  test1.time.nowMs = NOW_MS + 60_000;
  expect(await worker().drain()).toBe(0);
  await challenge(NOW_MS + 60_000, 1);
  expect(await worker().drain()).toBe(12);
  await inTransaction(pool, (tx) => clearChallenger(tx, 'test', ECS_ACTOR, NOW_MS));
  await saveCustomers(pool, [{ customerId: 'after' }]);
  await decide(['after']);
  expect(await worker().drain()).toBe(0);
  expect(await scored()).toBe(12);
});

test('a decision that is erased takes its scores along; the shadow holds nothing emotional', async () => {
  await challenge();
  const ids = await saveMixed('gone');
  await saveEmotions(pool, ids, { valence: 0.9, stress: 0 });
  await decide(ids);
  await worker().drain();
  const neutral = await pool.query('select score, limit_minor from shadow_scores order by customer_id');
  const [first] = ids;
  for (const table of ['decision_emotions', 'credit_limits', 'decisions']) {
    await pool.query(`delete from ${table} where customer_id = $1`, [first]);
  }
  expect(await scored()).toBe(11);
  // The same people without feelings come to the same scores.
  const calm = await saveMixed('calm');
  await decide(calm);
  await worker().drain();
  const { rows } = await pool.query(
    "select score, limit_minor from shadow_scores where customer_id like 'calm%' order by customer_id",
  );
  expect(rows).toEqual(neutral.rows);
});

test('it runs by itself and stops', async () => {
  await challenge();
  await decide(await saveMixed('a'));
  const running = createShadowWorker({ pool, clock: () => test1.time.nowMs, log: silentLog, pollMs: 5 });
  running.start();
  for (let looked = 0; looked < 400 && (await scored()) < 12; looked += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await running.stop();
  expect(await scored()).toBe(12);
});
