// Fingerprints of counted events by partition and hour, in memory while there is room for them. What is not here is loaded
// from the database when an event of that hour comes. Nothing enters before the commit of its batch is known.
import { createFingerprintSet, type FingerprintSet } from './fingerprint-set.ts';

export interface PartitionMemory {
  get(hour: number): FingerprintSet | undefined;
  put(hour: number, set: FingerprintSet): void;
  close(): void;
}

export interface FingerprintMemory {
  /** An empty memory for one claim of one partition. */
  open(): PartitionMemory;
  /** Forgets the hours that were used longest ago until the rest fits. */
  trim(): void;
  readonly bytes: number;
}

export function createFingerprintMemory(bytesMax: number): FingerprintMemory {
  // In order of last use: a Map keeps the order of insertion, and `get` inserts anew.
  const drawers = new Map<string, FingerprintSet>();
  let opened = 0;

  function sumBytes(): number {
    let bytes = 0;
    for (const set of drawers.values()) bytes += set.bytes;
    return bytes;
  }

  return {
    open() {
      const prefix = `${opened++}:`;
      let closed = false;
      return {
        get(hour) {
          const key = prefix + hour;
          const set = drawers.get(key);
          if (set === undefined) return undefined;
          drawers.delete(key);
          drawers.set(key, set);
          return set;
        },
        put(hour, set) {
          // A batch that was under way when its partition was claimed anew must leave nothing behind.
          if (!closed) drawers.set(prefix + hour, set);
        },
        close() {
          closed = true;
          for (const key of drawers.keys()) if (key.startsWith(prefix)) drawers.delete(key);
        },
      };
    },
    trim() {
      let bytes = sumBytes();
      for (const [key, set] of drawers) {
        if (bytes <= bytesMax) return;
        drawers.delete(key);
        bytes -= set.bytes;
      }
    },
    get bytes() {
      return sumBytes();
    },
  };
}

/** The set of one hour from its rows. */
export function toFingerprintSet(rows: readonly Buffer[]): FingerprintSet {
  const bytes = rows.reduce((sum, row) => sum + row.length, 0);
  const set = createFingerprintSet(bytes / 8);
  for (const row of rows) {
    for (let at = 0; at < row.length; at += 8) set.add(row.readInt32LE(at), row.readInt32LE(at + 4));
  }
  return set;
}
