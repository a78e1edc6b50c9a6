// Monitoring on stored decisions: who is looked at, what is read, and what an erasure leaves of it.
import { accept } from '../../test/support/accepted-events.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { makeDecider, saveCustomers, saveEmotions, type TestDecider } from '../../test/support/decision-database.ts';
import { NOW_MS } from '../../test/support/policy-facts.ts';
import { inTransaction } from '../db/index.ts';
import { endOfWindow } from '../events/end-of-window.ts';
import { DAY_MS } from '../lib/clock.ts';
import { createOutcomeHandler, loadJudgedOutcomes } from './index.ts';
import { loadDriftReport } from './load-drift-report.ts';
import { loadFirstFeatures } from './load-first-features.ts';
import { loadPerformanceReport } from './load-performance-report.ts';
import { loadRecentFeatures } from './load-recent-features.ts';
import { planSample } from './load-sample-share.ts';

let database: TestDatabase;
let world: TestDecider;

beforeAll(async () => {
  database = await createTestDatabase();
  world = await makeDecider(database.pool);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query('truncate customers, outbox_events cascade');
  world.time.nowMs = NOW_MS;
});

const idsOf = (count: number, prefix = 'c') => Array.from({ length: count }, (_, place) => `${prefix}-${place}`);

async function decideAll(customerIds: readonly string[], atMs: number): Promise<void> {
  world.time.nowMs = atMs;
  for (let from = 0; from < customerIds.length; from += 200) {
    const some = customerIds.slice(from, from + 200);
    await world.decider.decideMany(some.map((customerId) => ({ customerId, trigger: 'statement' as const })));
  }
}

const recent = (toMs: number, customersWanted = 1_000) =>
  loadRecentFeatures(database.pool, { fromMs: toMs - 62 * DAY_MS, toMs, customersWanted });

test('one decision a customer, the newest, as the decision itself saw the features', async () => {
  await saveCustomers(database.pool, [{ customerId: 'good' }, { customerId: 'late', payer: 'late' }]);
  await decideAll(['good', 'late'], NOW_MS);
  await decideAll(['good'], NOW_MS + DAY_MS);
  const { rows } = await database.pool.query<{ record: string }>(
    'select distinct on (customer_id) record from decisions order by customer_id, sequence desc',
  );
  const stored = rows.map((row) => JSON.parse(row.record).inputs.features);
  const loaded = await recent(NOW_MS + 2 * DAY_MS);
  expect(loaded).toHaveLength(2);
  expect(loaded).toEqual(expect.arrayContaining(stored));
});

test('old decisions, those by hand, and customers that could not be judged are left out', async () => {
  await saveCustomers(database.pool, [
    { customerId: 'old' },
    { customerId: 'hand' },
    { customerId: 'thin', payer: 'none' },
  ]);
  await decideAll(['old', 'thin'], NOW_MS);
  await inTransaction(database.pool, (tx) =>
    world.decider.setLimitByHand(tx, { customerId: 'hand', limitMinor: 1_000, reason: 'x', requestedBy: 'x' }),
  );
  const { rows } = await database.pool.query(
    `select record::jsonb #>> '{result,judged}' as judged from decisions where customer_id = 'thin'`,
  );
  const thinCounts = rows[0]?.judged === 'true' ? 1 : 0;
  expect(await recent(NOW_MS + DAY_MS)).toHaveLength(1 + thinCounts);
  expect(await recent(NOW_MS + 63 * DAY_MS)).toEqual([]);
});

test('of many customers about as many as wanted are drawn, the same ones again', async () => {
  const ids = idsOf(2_400);
  await saveCustomers(
    database.pool,
    ids.map((customerId) => ({ customerId })),
  );
  await decideAll(ids, NOW_MS);
  await database.pool.query('analyze customers');
  const all = await recent(NOW_MS + 1, 5_000);
  expect(all).toHaveLength(2_400);
  const some = await recent(NOW_MS + 1, 400);
  expect(some.length).toBeGreaterThan(200);
  expect(some.length).toBeLessThan(700);
  expect((await recent(NOW_MS + 1, 400)).length).toBe(some.length);
  const { scoreBins: _, ...training } = world.model.artefact.training;
  const untold = { ...world.model, artefact: { ...world.model.artefact, training } };
  const report = await loadDriftReport(database.pool, untold, NOW_MS + 1);
  // All of them are one and the same person: that is not whom the model was trained on.
  expect(report).toMatchObject({ customers: 2_400, verdict: 'act', scoreReference: null, score: null });
  const later = NOW_MS + 100 * DAY_MS;
  await decideAll(ids.slice(0, 300), later);
  const compared = await loadDriftReport(database.pool, untold, later + 1);
  expect(compared).toMatchObject({
    customers: 300,
    scoreReference: 'first_decisions',
    score: { referenceRows: 2_400 },
  });
  const told = await loadDriftReport(database.pool, world.model, later + 1);
  expect(told).toMatchObject({ scoreReference: 'training', score: { referenceRows: 24_000, recentRows: 300 } });
  const first = (modelVersion: string, beforeMs: number, decisionsMax = 10_000) =>
    loadFirstFeatures(database.pool, { modelVersion, beforeMs, decisionsMax });
  const { modelVersion } = world.model;
  expect(await first(modelVersion, later, 100)).toHaveLength(100);
  expect(await first(modelVersion, later + 1)).toHaveLength(2_400);
  expect(await first(modelVersion, NOW_MS)).toEqual([]);
  expect(await first('f'.repeat(64), later)).toEqual([]);
}, 120_000);

test.each([
  [0, 1_000],
  [1_000, 1_000],
  [1_001, 1_000],
  [50_000, 20_000],
  [10_000_000, 20_000],
  [400_000_000, 20_000],
])('of %d rows %d are wanted: pages and thinning come to that', (rows, wanted) => {
  const { percent, thinTo } = planSample(rows, wanted);
  expect((rows * percent * thinTo) / 1e8).toBeCloseTo(Math.min(rows, wanted), -1);
  expect(percent).toBeLessThanOrEqual(100);
});

describe('outcomes', () => {
  const handle = createOutcomeHandler();
  const tell = (customerId: string, asOfMs: number, defaulted: boolean) =>
    handle(
      database.pool,
      [
        accept(
          'ecs.outcomes.v1',
          { subject: customerId, timeMs: asOfMs + DAY_MS },
          {
            asOf: new Date(asOfMs).toISOString(),
            windowMonths: 1,
            defaulted,
            observedAt: new Date(asOfMs + 40 * DAY_MS).toISOString(),
          },
        ),
      ],
      NOW_MS + 50 * DAY_MS,
    );
  const END_MS = endOfWindow(NOW_MS, 1) + DAY_MS;
  const load = (endedByMs = END_MS) =>
    loadJudgedOutcomes(database.pool, { fromMs: NOW_MS, endedByMs, outcomesWanted: 1_000 });

  test('come with what the decision said without emotion and what emotion added, until it is erased', async () => {
    await saveCustomers(database.pool, [{ customerId: 'felt' }, { customerId: 'plain', payer: 'late' }]);
    await saveEmotions(database.pool, ['felt'], { valence: -0.9, stress: 0.9 });
    await decideAll(['felt', 'plain'], NOW_MS);
    await tell('felt', NOW_MS + 1, true);
    await tell('plain', NOW_MS + 2, false);
    const { rows } = await database.pool.query<{ customer_id: string; record: string; felt: string | null }>(
      `select d.customer_id, d.record, e.record as felt
       from decisions d left join decision_emotions e using (customer_id, decision_id) order by d.customer_id`,
    );
    const [felt, plain] = rows.map((row) => {
      const p = JSON.parse(row.record).result.probabilityOfDefault as number;
      const emotion = row.felt === null ? 0 : (JSON.parse(row.felt).result.emotionLogOdds as number);
      return { logOdds: Math.log(p / (1 - p)), emotionLogOdds: emotion };
    });
    expect(felt?.emotionLogOdds).not.toBe(0);
    const common = { modelVersion: world.model.modelVersion, windowMonths: 1 };
    const loaded = (await load()).toSorted((one, other) => one.asOfMs - other.asOfMs);
    expect(loaded).toEqual([
      { ...common, customerId: 'felt', asOfMs: NOW_MS + 1, defaulted: true, ...felt },
      { ...common, customerId: 'plain', asOfMs: NOW_MS + 2, defaulted: false, ...plain },
    ]);
    await database.pool.query('delete from decision_emotions');
    expect((await load()).every((outcome) => outcome.emotionLogOdds === 0)).toBe(true);
  });

  test('without a decision, from before, and of windows that have not ended, are left out', async () => {
    await saveCustomers(database.pool, [{ customerId: 'a' }]);
    await tell('a', NOW_MS - 1, false);
    await decideAll(['a'], NOW_MS);
    await tell('a', NOW_MS + DAY_MS, false);
    expect(await load()).toEqual([]);
    await tell('a', NOW_MS, false);
    expect(await load()).toHaveLength(1);
    const ended = new Date(NOW_MS).setUTCMonth(new Date(NOW_MS).getUTCMonth() + 1);
    expect(await load(ended)).toHaveLength(1);
    expect(await load(ended - 1)).toEqual([]);
  });

  test('are measured from 31 days after the end of their window on, for three years from its beginning', async () => {
    await saveCustomers(database.pool, [{ customerId: 'p' }]);
    await decideAll(['p'], NOW_MS);
    await tell('p', NOW_MS + 1, true);
    const measured = async (nowMs: number) => {
      const { totals } = await loadPerformanceReport(database.pool, world.model, nowMs);
      return totals.map(({ modelVersion, windowMonths, outcomes, defaults }) => [
        modelVersion,
        windowMonths,
        outcomes,
        defaults,
      ]);
    };
    const one = [[world.model.modelVersion, 1, 1, 1]];
    const began = new Date(NOW_MS + 1);
    const toldMs = began.setUTCMonth(began.getUTCMonth() + 1) + 31 * DAY_MS;
    const lastMs = NOW_MS + 1 + 1_096 * DAY_MS;
    expect(await Promise.all([toldMs - 1, toldMs, lastMs, lastMs + 1].map(measured))).toEqual([[], one, one, []]);
  });
});
