// The face of the model room: the scorecard, how it scores, and how it is trained and measured.
export { logit, priorShift, reanchor, sigmoid } from './base-rate.ts';
export { type CompiledScorecard, compileScorecard } from './compile-scorecard.ts';
export { EMOTION_BLOCK, EMOTION_LOG_ODDS_MAX, type EmotionInputs, emotionLogOdds } from './emotion-block.ts';
export { type LoadedScorecard, loadScorecard, parseScorecard, shippedScorecardPath } from './load-scorecard.ts';
export { type PointsLost, type ReasonReference, rankPointsLost } from './rank-points-lost.ts';
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
