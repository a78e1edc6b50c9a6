// The face of the model room: the scorecard, how it scores, and how it is trained and measured.
export { logit, priorShift } from './base-rate.ts';
export { type CompiledScorecard, compileScorecard } from './compile-scorecard.ts';
export { createScorer, type Scorer } from './create-scorer.ts';
export { describeRecalibration } from './describe-recalibration.ts';
export { EMOTION_BLOCK, EMOTION_LOG_ODDS_MAX, type EmotionInputs, emotionLogOdds } from './emotion-block.ts';
export { type GroupColumn, parseGroupColumns } from './fairness/group-column.ts';
export {
  approveVerdict,
  CLAIM_BREAKS,
  FELT_COLUMNS,
  formatMonth,
  GATE_REASONS,
  GATE_RULES,
  type GateHistory,
  type GateOutcomes,
  type GateReason,
  type GateVerdict,
  gateVerdictSchema,
  hashEmotionBlock,
  listVerdicts,
  loadVerdict,
  loadVerdictDocument,
  loadVerdictInForce,
  loadVerdictsOf,
  monthOf,
  permitsEmotion,
  type RegisteredVerdict,
  registerVerdict,
  renderGatePicture,
  runGate,
  toFeltCells,
  UNLABELLED,
  type VerdictTerms,
} from './gate/index.ts';
export { loadAnchorFile } from './load-anchor-file.ts';
export { type LoadedScorecard, loadScorecard, parseScorecard, shippedScorecardPath } from './load-scorecard.ts';
export { MEASURE_NAMES, type MeanMeasures } from './mean-measures.ts';
export { type PointsLost, type ReasonReference, rankPointsLost } from './rank-points-lost.ts';
export type { AnchorEvidence } from './refit-anchor.ts';
export {
  type Actor,
  approveProposal,
  type ChallengerWish,
  clearChallenger,
  createModelSource,
  ECS_ACTOR,
  getModel,
  getProposal,
  type HistoryView,
  installModel,
  listModelHistory,
  listModels,
  listProposals,
  loadAlias,
  loadModelVersion,
  MODEL_ACTIONS,
  MODEL_ALIASES,
  type ModelAction,
  type ModelAlias,
  type ModelSource,
  PROPOSAL_STATES,
  type PromotionWish,
  type Proposal,
  type ProposalState,
  proposeChampion,
  type RegisteredModel,
  type Registration,
  type Rollback,
  registerModel,
  rejectProposal,
  requireLedgerModel,
  rollBack,
  setChallenger,
  type Verdict,
} from './registry/index.ts';
export { type ModelAnchorResult, runModelAnchor } from './run-model-anchor.ts';
export { type ModelEvaluateArgs, type ModelEvaluateResult, runModelEvaluate } from './run-model-evaluate.ts';
export { type ModelFairnessArgs, type ModelFairnessResult, runModelFairness } from './run-model-fairness.ts';
export { type CrossValidationResult, runCrossValidation } from './run-model-folds.ts';
export { type ModelGateArgs, type ModelGateResult, runModelGate } from './run-model-gate.ts';
export { type ModelScoreResult, runModelScore } from './run-model-score.ts';
export { type ModelTrainArgs, type ModelTrainResult, runModelTrain } from './run-model-train.ts';
export {
  BASE_RATE_CONTRIBUTION,
  type Contribution,
  EMOTION_CONTRIBUTION,
  INTERCEPT_CONTRIBUTION,
  type Score,
  type ScoreOptions,
  score,
  scoreLogOdds,
} from './score.ts';
export {
  type EmotionBlock,
  type Metrics,
  type Recalibration,
  recalibrationSchema,
  type Scorecard,
} from './scorecard.ts';
export { shippedSpecPath } from './train/load-training-data.ts';
export type { TrainingSpec } from './training-spec.ts';
export {
  applyChanges,
  type CanReach,
  type Change,
  findNearestChange,
  listBeyond,
  rankChanges,
} from './what-would-change.ts';
