import { Registry } from 'prom-client';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
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
  const state = { nowMs: 1_000_000, computed: 0, broken: false, troubles: [] as unknown[] };
  const monitor = createMonitor({
    pool: database.pool,
    loadChampion: async () => {
      state.computed += 1;
      if (state.broken) throw new Error('no champion');
      return model;
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
  expect(state.computed).toBe(1);
  state.nowMs += 999;
  expect(await monitor.report()).toBe(one);
  state.nowMs += 1;
  expect((await monitor.report()).computedAt).toBe(new Date(state.nowMs).toISOString());
  expect(state.computed).toBe(2);
});

test('a scrape does not wait, and trouble is told once in a while', async () => {
  const { monitor, state } = makeMonitor();
  expect(monitor.peek()).toBeNull();
  const report = await monitor.report();
  expect(monitor.peek()).toBe(report);
  expect(state.computed).toBe(1);
  state.broken = true;
  state.nowMs += 1_000;
  expect(monitor.peek()).toBe(report);
  expect(monitor.peek()).toBe(report);
  await expect(monitor.report()).rejects.toThrow('no champion');
  expect(monitor.peek()).toBe(report);
  expect(state.troubles).toHaveLength(1);
  expect(state.computed).toBe(2);
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

  test('verdicts as numbers, measures with their bounds', async () => {
    const { monitor } = makeMonitor();
    const { drift, computedAt } = await monitor.report();
    const outcomes = Array.from({ length: 400 }, (_, place) => ({
      customerId: String(place),
      modelVersion: 'm',
      asOfMs: 0,
      windowMonths: 12,
      defaulted: place % 4 === 0,
      logOdds: place % 7 === 0 ? 0 : -1,
      emotionLogOdds: 0,
    }));
    const text = await read({ computedAt, drift, performance: reportPerformance(outcomes, new Map()) });
    expect(text).toContain('ecs_monitoring_drift{feature="utilisation_latest"} -1');
    expect(text).toMatch(/ecs_monitoring_customers\{model_version="[0-9a-f]{64}"\} 0/);
    expect(text).toMatch(/ecs_monitoring_computed_seconds\{model_version="[0-9a-f]{64}"\} 1000\n/);
    expect(text).toMatch(/ecs_monitoring_auc\{model_version="m",window_months="12",bound="low"\} 0\.4/);
    expect(text).toMatch(
      /ecs_monitoring_observed_to_expected\{model_version="m",window_months="12",bound="estimate"\} 0\.\d/,
    );
    expect(text).toContain('ecs_monitoring_outcomes{model_version="m",window_months="12"} 400');
  });
});
