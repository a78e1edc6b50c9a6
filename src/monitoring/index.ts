// The face of the monitoring room: what became of customers, and whether the model still holds.

export type { DriftLine, DriftReport } from './drift-report.ts';
export { loadJudgedOutcomes, type OutcomeWindow } from './load-judged-outcomes.ts';
export { TELLING_DAYS } from './load-performance-report.ts';
export { loadWindowRows, type WindowRow } from './load-window-rows.ts';
export { createMonitor, type Monitor, type MonitoringReport, type MonitorOptions } from './monitor.ts';
export { createMonitoringMetrics } from './monitoring-metrics.ts';
export { createOutcomeHandler, type OutcomeHandler } from './outcome-handler.ts';
export type { JudgedOutcome, PerformanceLine, PerformanceReport } from './performance-report.ts';
export {
  type BinCounts,
  computeStability,
  type Stability,
} from './population-stability.ts';
export { logOddsOf } from './score-features.ts';
export { VERDICTS, type Verdict } from './verdict.ts';
