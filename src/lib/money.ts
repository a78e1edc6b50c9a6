// Money is an integer number of minor units (cents) beside an ISO 4217 currency. Amounts are bounded far below 2^53,
// so sums stay exact in a JavaScript number; products go through BigInt.
import { assert } from './assert.ts';

/** The largest amount any event, limit or balance may carry: ten thousand million in a two-digit currency. */
export const AMOUNT_MINOR_MAX = 1_000_000_000_000;

export function assertMinor(amountMinor: number, name: string): void {
  assert(Number.isSafeInteger(amountMinor), `${name} must be an integer number of minor units, got ${amountMinor}`);
}

/** floor(amountMinor * numerator / denominator), exactly; rounds towards minus infinity. `denominator` > 0. */
export function mulDivFloor(amountMinor: number, numerator: number, denominator: number): number {
  assertMinor(amountMinor, 'amount');
  assertMinor(numerator, 'numerator');
  assert(Number.isSafeInteger(denominator) && denominator > 0, 'denominator must be a positive integer');
  const product = BigInt(amountMinor) * BigInt(numerator);
  const quotient = product / BigInt(denominator);
  const exact = quotient * BigInt(denominator) === product;
  return Number(product < 0n && !exact ? quotient - 1n : quotient);
}

/** Rounds an amount down to a whole multiple of `stepMinor` (> 0). */
export function floorToStep(amountMinor: number, stepMinor: number): number {
  return mulDivFloor(amountMinor, 1, stepMinor) * stepMinor;
}
