// The face of the decision room: decide purely, write once, read back, replay.
export { type DecisionResult, decide } from './decide.ts';
export {
  createDecider,
  type Decider,
  type DeciderDeps,
  type DecisionRequest,
  type QueuedCustomer,
} from './decider.ts';
export { type DecisionPage, type DecisionQuery, getDecision, listDecisions, listLimits } from './decision-history.ts';
export type { DecisionInput } from './decision-input.ts';
export type { PolicyRecord } from './decision-record.ts';
export {
  DECISION_OUTCOMES,
  DECISION_TRIGGERS,
  type DecisionOutcome,
  type DecisionTrigger,
  type DecisionView,
  type LimitView,
  type ReasonView,
} from './decision-view.ts';
export { createDecisionWorker, type DecisionWorker, type DecisionWorkerOptions } from './decision-worker.ts';
export {
  CHANGE_STATES,
  CHECKED_ON,
  type WhatWouldChangeView,
} from './explain-what-would-change.ts';
export type { FreezeOrder } from './freeze-account.ts';
export { getQueueStatus, type QueueStatus } from './get-queue-status.ts';
export { loadPolicyVersion } from './load-policy-version.ts';
export { loadWhatWouldChange } from './load-what-would-change.ts';
export { registerVersions } from './register-versions.ts';
export { type ReplayResult, replayDecision } from './replay-decision.ts';
export { beginImport, endImport, type ImportMark, loadFirstImport } from './save-import-mark.ts';
