// The record of a decision made by hand: recomputed by replay like any other.
import { decideByHand, type HandInputs } from './decide-by-hand.ts';
import { type HandRecord, RECORD_FORMAT } from './decision-record.ts';

export function recordByHand(inputs: HandInputs, format = RECORD_FORMAT): HandRecord {
  return { format, kind: 'hand', inputs, result: { settled: decideByHand(inputs) } };
}
