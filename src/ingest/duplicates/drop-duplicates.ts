// Leaves the first copy of every emotion or thought of a batch: not counted before in its hour, and not seen earlier in
// the batch. The fingerprints stay beside the events until it is known which of them were counted.
import type { AcceptedEvent } from '../../events/accepted-event.ts';
import type { InputEvent } from '../../events/check-event.ts';
import { hourOf } from '../hours.ts';
import type { Fingerprinter } from './fingerprint.ts';
import { createFingerprintSet, type FingerprintSet } from './fingerprint-set.ts';

export interface FirstCopies {
  readonly events: readonly AcceptedEvent<InputEvent>[];
  /** Hour and fingerprint of `events[i]`. */
  readonly hours: readonly number[];
  readonly lows: Int32Array;
  readonly highs: Int32Array;
}

export function dropDuplicates(
  events: readonly AcceptedEvent<InputEvent>[],
  fingerprint: Fingerprinter,
  counted: (hour: number) => FingerprintSet,
): FirstCopies {
  const first: AcceptedEvent<InputEvent>[] = [];
  const hours: number[] = [];
  const lows = new Int32Array(events.length);
  const highs = new Int32Array(events.length);
  const inBatch = new Map<number, FingerprintSet>();
  for (const accepted of events) {
    const hour = hourOf(accepted.timeMs);
    const { low, high } = fingerprint(accepted.event.source, accepted.event.id);
    if (counted(hour).has(low, high) || !getOrCreate(inBatch, hour).add(low, high)) continue;
    lows[first.length] = low;
    highs[first.length] = high;
    hours.push(hour);
    first.push(accepted);
  }
  return { events: first, hours, lows, highs };
}

function getOrCreate(sets: Map<number, FingerprintSet>, hour: number): FingerprintSet {
  const found = sets.get(hour);
  if (found !== undefined) return found;
  const created = createFingerprintSet();
  sets.set(hour, created);
  return created;
}

/** Hour -> bytes of the fingerprints of the events that were counted, as they are stored. */
export function packCounted(copies: FirstCopies, counted: readonly boolean[]): Map<number, Buffer> {
  const places = new Map<number, number[]>();
  copies.hours.forEach((hour, i) => {
    if (counted[i] !== true) return;
    const own = places.get(hour);
    if (own === undefined) places.set(hour, [i]);
    else own.push(i);
  });
  return new Map([...places].map(([hour, own]) => [hour, pack(copies, own)]));
}

function pack({ lows, highs }: FirstCopies, places: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(places.length * 8);
  places.forEach((place, i) => {
    bytes.writeInt32LE(lows[place] as number, i * 8);
    bytes.writeInt32LE(highs[place] as number, i * 8 + 4);
  });
  return bytes;
}
