// The face of the monitoring room: what became of customers, and whether the model still holds.
export { createOutcomeHandler, type OutcomeHandler } from './outcome-handler.ts';
