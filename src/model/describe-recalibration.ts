// A re-anchoring as a person reads it: how far scores were moved, and what that rests on.
import type { Recalibration } from './scorecard.ts';

export function describeRecalibration({ slope, intercept, outcomes, defaults }: Recalibration): string {
  return `slope ${slope}, intercept ${intercept}, by ${outcomes} outcomes with ${defaults} defaults`;
}
