// One connection of the simulated database and what it holds: rows that it wrote and nobody else sees, and locks on rows
// until its transaction ends.
import type { WrittenRows } from './row-store.ts';
import type { SimulatedProcess } from './scheduler.ts';

export interface Session {
  readonly process: SimulatedProcess;
  readonly written: WrittenRows;
  /** Run with the commit, or never. */
  readonly hooks: Array<() => void>;
  /** The last commit before this transaction read what it decides on. */
  readAfter: number;
  /** A connection carries out its statements one after the other, however they are sent. */
  tail: Promise<unknown>;
  state: 'idle' | 'open' | 'failed' | 'lost';
}

export function openSession(process: SimulatedProcess): Session {
  return { process, written: new Map(), hooks: [], readAfter: 0, tail: Promise.resolve(), state: 'idle' };
}

export interface RowLocks {
  isFree(session: Session, keys: readonly string[]): boolean;
  isHeldByOther(session: Session | null, key: string): boolean;
  take(session: Session, keys: readonly string[]): void;
  release(session: Session): void;
  holdsAny(process: SimulatedProcess): boolean;
}

export function createRowLocks(): RowLocks {
  const holders = new Map<string, Session>();
  return {
    isFree: (session, keys) => keys.every((key) => (holders.get(key) ?? session) === session),
    isHeldByOther: (session, key) => (holders.get(key) ?? session) !== session,
    take(session, keys) {
      for (const key of keys) holders.set(key, session);
    },
    release(session) {
      for (const [key, holder] of holders) if (holder === session) holders.delete(key);
    },
    holdsAny: (process) => [...holders.values()].some((session) => session.process === process),
  };
}
