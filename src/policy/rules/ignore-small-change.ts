// An increase nobody asked for is not worth making when it is small.
import { mulDivFloor } from '../../lib/money.ts';
import type { PolicyDocument } from '../policy-document.ts';

export function isSmallIncrease(fromMinor: number, toMinor: number, document: PolicyDocument): boolean {
  return toMinor > fromMinor && toMinor - fromMinor < mulDivFloor(fromMinor, document.steps.deadBandBps, 10_000);
}
