// The face of the policy room: documents, packs, reasons, and the pure evaluation of one half of a decision.
export { type EmotionEvidence, emotionModeOf } from './emotion-mode-of.ts';
export { evaluatePolicy, type PolicyResult, type PolicyTrace } from './evaluate-policy.ts';
export { loadPolicies } from './load-policies.ts';
export { packOf } from './pack-of.ts';
export { parsePolicy } from './parse-policy.ts';
export {
  CREDIT_TYPES,
  type CreditType,
  type CurrencyAmounts,
  EMOTION_MODES,
  type EmotionMode,
  PACK_NAMES,
  type PackName,
  type Policies,
  type Policy,
  type PolicyDocument,
  type RiskBand,
} from './policy-document.ts';
export type { AccountFacts, LedgerSummary, PolicyFacts } from './policy-facts.ts';
export {
  findReason,
  isReasonKind,
  orderReasons,
  REASONS,
  REASONS_TOLD_MAX,
  type Reason,
  type ReasonCode,
  type ReasonKind,
  scoreReasons,
} from './reasons.ts';
export { findBandIndex } from './rules/find-band.ts';
export { isAcuteDistress } from './rules/pause-for-care.ts';
export { summarizeLedger } from './summarize-ledger.ts';
