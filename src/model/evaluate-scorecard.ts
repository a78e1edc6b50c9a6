// Measures a finished artefact on rows with known outcomes, by the same scoring that serves customers.
import { compileScorecard } from './compile-scorecard.ts';
import { computeMetrics } from './metrics.ts';
import { scoreLogOdds } from './score.ts';
import type { Metrics, Scorecard } from './scorecard.ts';
import type { TrainingTable } from './train/training-table.ts';

export function evaluateScorecard(scorecard: Scorecard, data: TrainingTable): Metrics {
  const model = compileScorecard(scorecard);
  return computeMetrics(
    Float64Array.from(data.features, (features) => scoreLogOdds(model, features)),
    data.target,
  );
}
