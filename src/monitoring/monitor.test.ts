import { Registry } from 'prom-client';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { eventually } from '../../test/support/eventually.ts';
import { makeOtherModel } from '../../test/support/registered-models.ts';
import { type LoadedScorecard, loadScorecard, shippedScorecardPath } from '../model/index.ts';
import { createMonitor, createMonitoringMetrics, type Monitor, type MonitoringReport } from './index.ts';
import { reportPerformance } from './performance-report.ts';

let database: TestDatabase;
let model: LoadedScorecard;
beforeAll(async () => {
  database = await createTestDatabase();
  model = await loadScorecard(shippedScorecardPath());
});
afterAll(() => database.drop());

function makeMonitor() {
  const state = { nowMs: 1_000_000, asked: 0, broken: false, champion: model, troubles: [] as unknown[] };
  const monitor = createMonitor({
    pool: database.pool,
    loadChampion: async () => {
      state.asked += 1;
      if (state.broken) throw new Error('no champion');
      return state.champion;
    },
    clock: () => state.nowMs,
    onTrouble: (error) => state.troubles.push(error),
    freshForMs: 1_000,
  });
  return { monitor, state };
}

test('however many ask at once, one works; a fresh report is given again, an old one is made anew', async () => {
  const { monitor, state } = makeMonitor();
  const [one, other] = await Promise.all([monitor.report(), monitor.report()]);
  expect(one).toBe(other);
  expect(state.asked).toBe(1);
  state.nowMs += 999;
  expect(await monitor.report()).toBe(one);
  state.nowMs += 1;
  expect((await monitor.report()).computedAt).toBe(new Date(state.nowMs).toISOString());
});

test('a promotion shows at once: a fresh report of the model before is made anew', async () => {
  const { monitor, state } = makeMonitor();
  expect((await monitor.report()).drift.modelVersion).toBe(model.modelVersion);
  state.champion = await makeOtherModel('next', 0.2);
  expect((await monitor.report()).drift.modelVersion).toBe(state.champion.modelVersion);
});

test('scrapes follow a promotion too, and try it once', async () => {
  const { monitor, state } = makeMonitor();
  const before = await monitor.report();
  expect(monitor.peek()).toBe(before);
  state.champion = await makeOtherModel('followed', 0.2);
  await eventually(() => expect(monitor.peek()?.drift.modelVersion).toBe(state.champion.modelVersion));
  // Back by way of somebody who asks, and promoted once more.
  const followed = state.champion;
  state.champion = model;
  expect((await monitor.report()).drift.modelVersion).toBe(model.modelVersion);
  state.champion = followed;
  await eventually(() => expect(monitor.peek()?.drift.modelVersion).toBe(followed.modelVersion));
  // One whose report cannot be made: the one at hand stays, and it is told once.
  state.champion = { ...state.champion, modelVersion: 'f'.repeat(64), artefact: null as never };
  await eventually(() => {
    expect(monitor.peek()).not.toBeNull();
    expect(state.troubles).toHaveLength(1);
  });
  const asked = state.asked;
  await eventually(() => {
    monitor.peek();
    expect(state.asked).toBeGreaterThan(asked + 5);
  });
  expect(state.troubles).toHaveLength(1);
  await monitor.stop();
});

test('a scrape does not wait, and trouble is told once in a while', async () => {
  const { monitor, state } = makeMonitor();
  expect(monitor.peek()).toBeNull();
  const report = await monitor.report();
  state.broken = true;
  await eventually(() => {
    expect(monitor.peek()).toBe(report);
    expect(state.asked).toBeGreaterThan(3);
  });
  expect(state.troubles).toEqual([]);
  state.nowMs += 1_000;
  expect(monitor.peek()).toBe(report);
  expect(monitor.peek()).toBe(report);
  await expect(monitor.report()).rejects.toThrow('no champion');
  expect(monitor.peek()).toBe(report);
  expect(state.troubles).toHaveLength(1);
});

describe('metrics', () => {
  const read = async (report: MonitoringReport | null) => {
    const registry = new Registry();
    createMonitoringMetrics(registry, { peek: () => report } satisfies Pick<Monitor, 'peek'>);
    return registry.metrics();
  };

  test('nothing at hand: no values', async () => {
    expect(await read(null)).not.toMatch(/^ecs_/m);
  });

  /** The value of every gauge, by name and labels. */
  const parse = (text: string) =>
    new Map(
      text
        .split('\n')
        .filter((line) => line.startsWith('ecs_'))
        .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
    );

  test('each says what the report says of it, line by line', async () => {
    const { drift, computedAt } = await makeMonitor().monitor.report();
    const verdicts = ['too_few', 'stable', 'watch', 'act'] as const;
    // Figures that no two lines share, so that none can pass for another.
    const features = drift.features.map((line, place) => ({
      ...line,
      psi: 0.5 + place / 64,
      shift: 0.25 + place / 128,
      verdict: verdicts[place % 4] ?? 'stable',
    }));
    const outcomes = Array.from({ length: 400 }, (_, place) => ({
      customerId: String(place),
      modelVersion: 'm',
      asOfMs: 0,
      windowMonths: 12,
      defaulted: place % 4 === 0,
      logOdds: place % 7 === 0 ? 0 : -1,
      emotionLogOdds: 0,
    }));
    const performance = reportPerformance(outcomes, new Map());
    const [total] = performance.totals;
    const told = parse(await read({ computedAt, drift: { ...drift, customers: 77, features }, performance }));
    const numberOf = { too_few: -1, stable: 0, watch: 1, act: 2 };
    for (const { name, psi, shift, verdict } of features) {
      expect(told.get(`ecs_monitoring_psi{feature="${name}"}`)).toBe(psi);
      expect(told.get(`ecs_monitoring_shift{feature="${name}"}`)).toBe(shift);
      expect(told.get(`ecs_monitoring_drift{feature="${name}"}`)).toBe(numberOf[verdict]);
    }
    expect(told.get(`ecs_monitoring_customers{model_version="${model.modelVersion}"}`)).toBe(77);
    expect(told.get(`ecs_monitoring_computed_seconds{model_version="${model.modelVersion}"}`)).toBe(1000);
    const labels = 'model_version="m",window_months="12"';
    for (const bound of ['estimate', 'low', 'high'] as const) {
      expect(told.get(`ecs_monitoring_auc{${labels},bound="${bound}"}`)).toBe(total?.auc?.[bound]);
      expect(told.get(`ecs_monitoring_ks{${labels},bound="${bound}"}`)).toBe(total?.ks?.[bound]);
      expect(told.get(`ecs_monitoring_observed_to_expected{${labels},bound="${bound}"}`)).toBe(
        total?.observedToExpected?.[bound],
      );
    }
    expect(told.get(`ecs_monitoring_performance{${labels}}`)).toBe(numberOf[total?.verdict ?? 'stable']);
    expect(told.get(`ecs_monitoring_outcomes{${labels}}`)).toBe(400);
    const lines = features.length + (drift.score === null ? 0 : 1);
    expect(told.size).toBe(3 * lines + 2 + 9 + 2);
  });
});
