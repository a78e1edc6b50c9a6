// How long it takes to be back at work after a fault, told from the commits that the proxies see. A figure counts only where
// nothing else was broken meanwhile; the others are named by their number.
import type { OffsetMove } from './proxy/sql-steps.ts';

export type Broken = 'worker' | 'database' | 'broker';

export interface RecoveryFigures {
  readonly clean: number;
  readonly overlapped: number;
  readonly p50Seconds: number | null;
  readonly p99Seconds: number | null;
  readonly maxSeconds: number | null;
}

export interface Recovery {
  onCommit(worker: string, move: OffsetMove, nowMs: number): void;
  /** Its partitions have to be counted again by somebody. */
  workerKilled(worker: string, nowMs: number): void;
  /** Something else is broken from now on, until the function given back is called. */
  disturb(what: string, nowMs: number): (nowMs: number) => void;
  /** From here on database or broker answers: the next commit is the first. */
  ready(what: 'database' | 'broker', brokenSinceMs: number, readyMs: number): void;
  /** Is somebody not back at work yet? */
  isWaiting(): boolean;
  figures(): Record<Broken, RecoveryFigures>;
}

/** The topics in which something comes all the time. */
const BUSY = /^ecs\.(emotions|thoughts|transactions)\.v1$/;
const OWNED_FOR_MS = 5_000;
/** Each waits for its named point for a while. */
const TOGETHER_MS = 5_500;

/** Seconds, by the promise in docs/reliability.md; whoever takes longer is told with the place that came last. */
const BACK_WITHIN_SECONDS: Readonly<Record<Broken, number>> = { worker: 10, database: 5, broker: 15 };

interface Waiting {
  readonly broken: Broken;
  /** From here on anything else that breaks makes the figure another one's. */
  readonly sinceMs: number;
  readonly fromMs: number;
  readonly places: Set<string> | null;
  /** Another was not back at work yet when this one began: a broker that answers again is not a group that reads again. */
  readonly isOverlapped: boolean;
}

interface Trouble {
  readonly what: string;
  readonly fromMs: number;
  toMs: number;
}

export function createRecovery(say: (text: string) => void): Recovery {
  const owners = new Map<string, { worker: string; atMs: number }>();
  const troubles: Trouble[] = [];
  const waiting = new Set<Waiting>();
  const clean: Record<Broken, number[]> = { worker: [], database: [], broker: [] };
  const overlapped: Record<Broken, number> = { worker: 0, database: 0, broker: 0 };

  function settle(one: Waiting, place: string, nowMs: number): void {
    waiting.delete(one);
    const others = troubles.filter(({ fromMs, toMs }) => fromMs <= nowMs && toMs >= one.sinceMs);
    if (one.isOverlapped || others.some(({ what, fromMs }) => isAnother(one, what, fromMs))) {
      overlapped[one.broken]++;
      return;
    }
    const seconds = (nowMs - one.fromMs) / 1000;
    clean[one.broken].push(seconds);
    if (seconds > BACK_WITHIN_SECONDS[one.broken])
      say(`SLOW: ${seconds.toFixed(1)} s after ${one.broken}, ${place} last`);
  }

  function waitFor(broken: Broken, sinceMs: number, fromMs: number, places: Set<string> | null): void {
    const isOverlapped = [...waiting].some((other) => isAnother({ broken, sinceMs }, other.broken, other.sinceMs));
    waiting.add({ broken, sinceMs, fromMs, places, isOverlapped });
  }

  function disturb(what: string, nowMs: number): (nowMs: number) => void {
    const trouble = { what, fromMs: nowMs, toMs: Number.POSITIVE_INFINITY };
    troubles.push(trouble);
    if (troubles.length > 200) troubles.splice(0, 100);
    return (endMs) => {
      trouble.toMs = endMs;
    };
  }

  return {
    onCommit(worker, { topic, partition }, nowMs) {
      const place = `${topic}/${partition}`;
      if (BUSY.test(topic)) owners.set(place, { worker, atMs: nowMs });
      for (const one of waiting) {
        if (nowMs < one.fromMs) continue;
        one.places?.delete(place);
        if (one.places === null || one.places.size === 0) settle(one, place, nowMs);
      }
    },
    workerKilled(worker, nowMs) {
      const own = [...owners].filter(([, owner]) => owner.worker === worker && owner.atMs > nowMs - OWNED_FOR_MS);
      // Until the session of the dead member is over, the whole group waits for it.
      disturb('worker', nowMs)(nowMs + 1_000);
      if (own.length === 0) return;
      waitFor('worker', nowMs, nowMs, new Set(own.map(([place]) => place)));
    },
    disturb,
    ready(what, brokenSinceMs, readyMs) {
      waitFor(what, brokenSinceMs, readyMs, null);
    },
    isWaiting: () => waiting.size > 0,
    figures: () => ({
      worker: toFigures(clean.worker, overlapped.worker),
      database: toFigures(clean.database, overlapped.database),
      broker: toFigures(clean.broker, overlapped.broker),
    }),
  };
}

/** Several workers that are killed together are one trouble, which is among the troubles itself. */
function isAnother(one: Pick<Waiting, 'broken' | 'sinceMs'>, what: string, fromMs: number): boolean {
  return what !== one.broken || Math.abs(fromMs - one.sinceMs) > TOGETHER_MS;
}

function toFigures(seconds: readonly number[], overlapped: number): RecoveryFigures {
  const sorted = [...seconds].sort((a, b) => a - b);
  const at = (share: number) => {
    const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    return value === undefined ? null : Math.round(value * 100) / 100;
  };
  return { clean: sorted.length, overlapped, p50Seconds: at(0.5), p99Seconds: at(0.99), maxSeconds: at(1) };
}
