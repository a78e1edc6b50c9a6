// The face of the model room: the scorecard, how it scores, and how it is trained and measured.
export { priorShift } from './base-rate.ts';
export { type CompiledScorecard, compileScorecard } from './compile-scorecard.ts';
export { EMOTION_BLOCK, EMOTION_LOG_ODDS_MAX, type EmotionInputs, emotionLogOdds } from './emotion-block.ts';
export { formatMonth, GATE_RULES, type GateHistory, type GateOutcomes, runGate } from './gate/index.ts';
export { type LoadedScorecard, loadScorecard, parseScorecard, shippedScorecardPath } from './load-scorecard.ts';
export { type PointsLost, type ReasonReference, rankPointsLost } from './rank-points-lost.ts';
export { type ModelEvaluateArgs, type ModelEvaluateResult, runModelEvaluate } from './run-model-evaluate.ts';
export { type ModelTrainArgs, type ModelTrainResult, runModelTrain } from './run-model-train.ts';
export {
  BASE_RATE_CONTRIBUTION,
  type Contribution,
  EMOTION_CONTRIBUTION,
  INTERCEPT_CONTRIBUTION,
  type Score,
  type ScoreOptions,
  score,
} from './score.ts';
export type { EmotionBlock, Metrics, Scorecard } from './scorecard.ts';
export { shippedSpecPath } from './train/load-training-data.ts';
export type { TrainingSpec } from './training-spec.ts';
