// The face of the affect room: the emotional state of a customer, folded from events and read as features.
export type { EmotionFeatures } from './emotion-features.ts';
export { createEmotionHandler, type EmotionHandler } from './emotion-handler.ts';
export { type EmotionDay, loadEmotionDays } from './load-emotion-days.ts';
export { type CustomerEmotions, lockEmotionFeatures } from './load-emotion-features.ts';
export { type EmotionalStateView, type EmotionLevels, loadEmotionalState } from './load-emotional-state.ts';
export { markDecidedLevels } from './save-decided-levels.ts';
export { createThoughtHandler, type ThoughtHandler } from './thought-handler.ts';
export type { StateTriggers } from './triggers.ts';
