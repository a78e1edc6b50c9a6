// The monitoring reports as Prometheus gauges. A scrape never waits for them: it gets what is at hand.
import { Gauge, type Registry } from 'prom-client';
import type { Interval } from '../lib/statistics/interval.ts';
import type { Monitor, MonitoringReport } from './monitor.ts';
import type { PerformanceLine } from './performance-report.ts';
import type { Verdict } from './verdict.ts';

const VERDICT_VALUES: Readonly<Record<Verdict, number>> = { too_few: -1, stable: 0, watch: 1, act: 2 };
const LINE_LABELS = ['model_version', 'window_months'] as const;
const BOUND_LABELS = [...LINE_LABELS, 'bound'] as const;

export function createMonitoringMetrics(registry: Registry, monitor: Pick<Monitor, 'peek'>): void {
  const gauge = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    fill: (set: (labels: Record<Label, string>, value: number) => void, report: MonitoringReport) => void,
  ) => {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        const report = monitor.peek();
        if (report !== null) fill((labels, value) => this.set(labels, value), report);
      },
    });
  };
  const linesOf = ({ drift }: MonitoringReport) => [...(drift.score === null ? [] : [drift.score]), ...drift.features];
  gauge('ecs_monitoring_psi', 'Population stability index against training.', ['feature'], (set, report) => {
    for (const line of linesOf(report)) set({ feature: line.name }, line.psi);
  });
  gauge('ecs_monitoring_shift', 'PSI less what chance alone brings.', ['feature'], (set, report) => {
    for (const line of linesOf(report)) set({ feature: line.name }, line.shift);
  });
  gauge('ecs_monitoring_drift', '-1 too few, 0 stable, 1 watch, 2 act.', ['feature'], (set, report) => {
    for (const line of linesOf(report)) set({ feature: line.name }, VERDICT_VALUES[line.verdict]);
  });
  gauge('ecs_monitoring_customers', 'Customers that drift was measured on.', ['model_version'], (set, { drift }) => {
    set({ model_version: drift.modelVersion }, drift.customers);
  });
  gauge('ecs_monitoring_computed_seconds', 'When it was measured, in Unix time.', ['model_version'], (set, report) => {
    set({ model_version: report.drift.modelVersion }, Date.parse(report.computedAt) / 1000);
  });
  addPerformance(gauge);
}

type AddGauge = <Label extends string>(
  name: string,
  help: string,
  labelNames: readonly Label[],
  fill: (set: (labels: Record<Label, string>, value: number) => void, report: MonitoringReport) => void,
) => void;

function addPerformance(gauge: AddGauge): void {
  const labelsOf = (line: PerformanceLine) => ({
    model_version: line.modelVersion,
    window_months: String(line.windowMonths),
  });
  const measures: readonly [name: string, help: string, read: (line: PerformanceLine) => Interval | null][] = [
    ['ecs_monitoring_auc', 'Area under the curve on outcomes.', (line) => line.auc],
    ['ecs_monitoring_ks', 'Kolmogorov-Smirnov gap on outcomes.', (line) => line.ks],
    ['ecs_monitoring_observed_to_expected', 'Defaults over expected ones.', (line) => line.observedToExpected],
  ];
  for (const [name, help, read] of measures) {
    gauge(name, help, BOUND_LABELS, (set, { performance: measured }) => {
      for (const line of measured.totals) {
        const interval = read(line);
        if (interval === null) continue;
        for (const bound of ['estimate', 'low', 'high'] as const) set({ ...labelsOf(line), bound }, interval[bound]);
      }
    });
  }
  gauge(
    'ecs_monitoring_performance',
    '-1 too few, 0 stable, 1 watch, 2 act.',
    LINE_LABELS,
    (set, { performance: measured }) => {
      for (const line of measured.totals) set(labelsOf(line), VERDICT_VALUES[line.verdict]);
    },
  );
  gauge('ecs_monitoring_outcomes', 'Outcomes measured.', LINE_LABELS, (set, { performance: measured }) => {
    for (const line of measured.totals) set(labelsOf(line), line.outcomes);
  });
}
