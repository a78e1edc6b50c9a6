// The fast road for the usual transaction: see `parse-plain-event.ts`. It may only ever say what the general road would say
// too: `parse-plain-transaction.test.ts`.
import { AMOUNT_MINOR_MAX } from '../lib/money.ts';
import { createPlainParser, FIRST_DATA_SLOT } from './parse-plain-event.ts';
import {
  clearSlot,
  FAILED,
  isDigit,
  isFilled,
  type ReadValue,
  readOneOf,
  readText,
  recall,
  ZERO,
} from './scan-plain-event.ts';
import { TRANSACTION_TYPES, type TransactionEvent, type TransactionType } from './transaction-event.ts';

const CURRENCY = FIRST_DATA_SLOT;
const MERCHANT = FIRST_DATA_SLOT + 1;
const UPPER_A = 0x41;
const LETTERS = 26;
const DIGITS = 10;

let type: TransactionType = TRANSACTION_TYPES[0];
let amountMinor = 0;

/** Null: ask the general road. */
export const parsePlainTransaction = createPlainParser<TransactionEvent>({
  type: 'ecs.transaction.v1',
  fields: [
    [
      'type',
      readOneOf(TRANSACTION_TYPES, (given) => {
        type = given;
      }),
    ],
    ['amountMinor', readAmount],
    ['currency', readCode(CURRENCY, 3, UPPER_A, LETTERS)],
    ['merchantCategory', readCode(MERCHANT, 4, ZERO, DIGITS)],
  ],
  required: ['type', 'amountMinor', 'currency'],
  clear: () => clearSlot(MERCHANT),
  makeData: (value) => ({
    type,
    amountMinor,
    currency: recall(value, CURRENCY),
    merchantCategory: isFilled(MERCHANT) ? recall(value, MERCHANT) : undefined,
  }),
});

/** Digits without a leading zero; every number up to the largest amount is exact. */
function readAmount(bytes: Uint8Array, start: number): number {
  if (bytes[start] === ZERO) return FAILED;
  let at = start;
  let amount = 0;
  for (; isDigit(bytes[at] ?? 0); at++) {
    amount = amount * 10 + (bytes[at] as number) - ZERO;
    if (amount > AMOUNT_MINOR_MAX) return FAILED;
  }
  amountMinor = amount;
  return at === start ? FAILED : at;
}

/** A text of `length` characters out of `count` that follow on `lowest`. */
function readCode(slot: number, length: number, lowest: number, count: number): ReadValue {
  const read = readText(slot, lowest, length);
  return (bytes, start) => {
    const end = read(bytes, start);
    if (end !== start + length + 2) return FAILED;
    for (let at = start + 1; at < end - 1; at++) if ((bytes[at] as number) >= lowest + count) return FAILED;
    return end;
  };
}
