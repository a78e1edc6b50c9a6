// The face of the evidence gate inside the model room.

export { CLAIM_BREAKS } from './claims-before.ts';
export { type GateHistory, type GateLook, runGate } from './evidence-gate.ts';
export { FELT_COLUMNS, toFeltCells } from './felt-cells.ts';
export { formatMonth, type GateOutcomes, monthOf, UNLABELLED } from './gate-outcomes.ts';
export { GATE_REASONS, type GateReason } from './gate-reasons.ts';
export { GATE_RULES, type GateRules } from './gate-rules.ts';
export { type GateVerdict, gateVerdictSchema, hashEmotionBlock } from './gate-verdict.ts';
export {
  listVerdicts,
  loadVerdict,
  loadVerdictDocument,
  loadVerdictInForce,
  loadVerdictsOf,
  type RegisteredVerdict,
} from './load-verdicts.ts';
export { renderGatePicture } from './render-gate-picture.ts';
export { approveVerdict, type Registered, registerVerdict } from './save-verdict.ts';
export { permitsEmotion, type VerdictTerms } from './verdict-terms.ts';
