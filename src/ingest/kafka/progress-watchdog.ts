// Finds out when reading has stopped although there is something to read: a consumer can be alive, in its group and
// sending heartbeats, and still not move. Pure: it is told what is seen, and says what has not moved for too long.

export interface SeenPartition {
  readonly topic: string;
  readonly partition: number;
  /** Where reading goes on. */
  readonly position: number;
  readonly highWatermark: number;
  /** There is a known reason why it does not move. */
  readonly excused: boolean;
}

export interface ProgressWatchdog {
  /** The partitions that had something to read and did not move since `stallMs`. */
  look(seen: readonly SeenPartition[], nowMs: number): SeenPartition[];
}

export function createProgressWatchdog(stallMs: number): ProgressWatchdog {
  let standing = new Map<string, { readonly position: number; readonly sinceMs: number }>();
  return {
    look(seen, nowMs) {
      const before = standing;
      standing = new Map();
      return seen.filter((partition) => {
        if (partition.excused || partition.position >= partition.highWatermark) return false;
        const key = `${partition.topic}/${partition.partition}`;
        const last = before.get(key);
        const sinceMs = last?.position === partition.position ? last.sinceMs : nowMs;
        standing.set(key, { position: partition.position, sinceMs });
        return nowMs - sinceMs >= stallMs;
      });
    },
  };
}
