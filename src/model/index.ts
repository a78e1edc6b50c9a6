// The face of the model room: the scorecard, how it scores, and how it is trained and measured.
export { logit, priorShift, reanchor, sigmoid } from './base-rate.ts';
export { type CompiledScorecard, compileScorecard } from './compile-scorecard.ts';
export { EMOTION_BLOCK, EMOTION_LOG_ODDS_MAX, type EmotionInputs, emotionLogOdds } from './emotion-block.ts';
export { evaluateScorecard } from './evaluate-scorecard.ts';
export { type LoadedScorecard, loadScorecard, parseScorecard, shippedScorecardPath } from './load-scorecard.ts';
export { type PointsLost, type ReasonReference, rankPointsLost } from './rank-points-lost.ts';
export { renderModelCard } from './render-model-card.ts';
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
  toPoints,
} from './score.ts';
export { type EmotionBlock, type Metrics, modelVersionOf, type Scorecard, scorecardSchema } from './scorecard.ts';
export { shippedSpecPath } from './train/load-training-data.ts';
export { type TrainScorecardInput, trainScorecard } from './train-scorecard.ts';
export { parseTrainingSpec, type TrainingSpec } from './training-spec.ts';
