// The face of the evidence gate inside the model room.
export { type GateHistory, type GateLook, runGate } from './evidence-gate.ts';
export { formatMonth, type GateOutcomes } from './gate-outcomes.ts';
export { GATE_RULES, type GateRules } from './gate-rules.ts';
