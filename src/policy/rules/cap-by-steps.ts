// A limit grows by steps: so much over the lowest of the step's window, so much over the lowest of the year. Windows
// instead of the last change, so that several small changes, one led by mood among them, add up to one step.
import { mulDivFloor } from '../../lib/money.ts';
import type { PolicyDocument } from '../policy-document.ts';
import type { AccountFacts } from '../policy-facts.ts';

export function capByStep(account: AccountFacts, document: PolicyDocument): number | null {
  return grow(account.lowestInStepMinor, document.steps.increaseStepBps);
}

export function capByYear(account: AccountFacts, document: PolicyDocument): number | null {
  return grow(account.lowestInYearMinor, document.steps.increaseYearBps);
}

function grow(lowestMinor: number | null, byBps: number): number | null {
  return lowestMinor === null ? null : mulDivFloor(lowestMinor, 10_000 + byBps, 10_000);
}
