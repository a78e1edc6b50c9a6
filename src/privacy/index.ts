// The face of the privacy room: what customers consented to, and what a withdrawal deletes.
export { type CustomerHandler, createCustomerHandler } from './customer-handler.ts';
export { type ConsentView, listConsents } from './list-consents.ts';
export type { ConsentChange, ConsentOutcome } from './plan-consents.ts';
export { type ConsentOptions, recordConsents } from './record-consents.ts';
