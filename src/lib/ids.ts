// Ids made by ECS are UUIDv7: unique without coordination, and in time order so that indexes stay compact.
import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

export type MakeId = () => string;

const RANDOM_BYTES = 16;
// Asking the system for each id alone cost 25 µs of a decision's 400; by the pool it is below one.
const pool = new Uint8Array(RANDOM_BYTES * 512);
const view = new DataView(pool.buffer);
let used = pool.length;
let lastMs = 0;
let sequence = 0;

/** In order even within a millisecond: the sequence starts at random and counts up, as RFC 9562 describes (6.2, method 1). */
export const makeId: MakeId = () => {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.subarray(used, used + RANDOM_BYTES);
  const nowMs = Date.now();
  if (nowMs > lastMs) {
    lastMs = nowMs;
    sequence = view.getUint32(used) >>> 1;
  } else sequence += 1;
  used += RANDOM_BYTES;
  return v7({ random, msecs: lastMs, seq: sequence });
};
