// The face of the shadow room: what a challenger would have decided, without any effect on what is decided.
export { loadShadowSummary, type ShadowComparison, type ShadowSummary } from './load-shadow-summary.ts';
export { createShadowWorker, type ShadowWorker } from './shadow-worker.ts';
