// One line of measures for the terminal.
import type { Metrics } from '../../../model/index.ts';

export function metricsRow(rows: string, metrics: Metrics): Record<string, string | number> {
  return {
    rows,
    count: metrics.rows,
    defaults: metrics.defaults,
    AUC: metrics.auc.toFixed(4),
    KS: metrics.ks.toFixed(4),
    Brier: metrics.brier.toFixed(4),
    'log-loss': metrics.logLoss.toFixed(4),
  };
}
