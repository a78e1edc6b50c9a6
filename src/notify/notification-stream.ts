// Events of customers to whoever listens now: one shared poll for all listeners, each with its own place in the
// customer's sequence. No gap and no double, since a customer's sequence numbers commit in order and without gaps.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Queryable, toEcsError } from '../db/index.ts';
import { isEcsError } from '../lib/errors.ts';
import type { Notification } from './load-notifications.ts';
import { loadStreamEvents } from './load-stream-events.ts';
import { createPulse } from './pulse.ts';

/** `slow`: the listener took nothing for too long. `failed`: the listener threw, or the poll met a bug. */
export type CloseReason = 'slow' | 'stopped' | 'failed';
export type OnEvent = (notification: Notification) => boolean;
export type OnClose = (reason: CloseReason, error?: unknown) => void;

export interface StreamOptions {
  readonly pool: Queryable;
  readonly pollMs?: number;
  /** How long a listener may take nothing while there is something to take. */
  readonly patienceMs?: number;
}

export interface NotificationStream {
  /**
   * Calls `onEvent` for each event behind `afterSequence`, in order. When it returns false (its buffer is full) the
   * event comes again at a later poll, so nothing is buffered here; a listener that takes nothing for too long is closed
   * and may come back with the last sequence number it took. Gives the function that unsubscribes; `onClose` is not
   * called for that.
   */
  subscribe(customerId: string, afterSequence: number, onEvent: OnEvent, onClose: OnClose): () => void;
  /** How many listeners there are. */
  size(): number;
  /** Looks at once: something was committed. */
  wake(): void;
  stop(): Promise<void>;
}

interface Listener {
  readonly customerId: string;
  afterSequence: number;
  /** On the process's own clock; undefined while it takes what comes. */
  stuckSinceMs: number | undefined;
  readonly onEvent: OnEvent;
  readonly onClose: OnClose;
}

const POLL_MS = 200;
// However often it is woken, it looks no more often than this.
const LOOK_GAP_MS = 10;
const EVENTS_PER_POLL = 100;
const PATIENCE_MS = 10_000;
const OUTAGE_WAIT_MS = 1_000;

export function createNotificationStream(options: StreamOptions): NotificationStream {
  const { pool, pollMs = POLL_MS, patienceMs = PATIENCE_MS } = options;
  const listeners = new Set<Listener>();
  const pulse = createPulse();
  let polling: Promise<void> | undefined;
  let stopped = false;

  function close(listener: Listener, reason: CloseReason, error?: unknown): void {
    if (listeners.delete(listener)) listener.onClose(reason, error);
  }

  function closeAll(reason: CloseReason, error?: unknown): void {
    for (const listener of [...listeners]) close(listener, reason, error);
  }

  /** The polls run only while somebody listens. */
  async function poll(): Promise<void> {
    while (listeners.size > 0) {
      await pulse.wait(await pollOnce());
      await sleep(LOOK_GAP_MS);
    }
    polling = undefined;
  }

  /** Gives the time to wait until the next poll. */
  async function pollOnce(): Promise<number> {
    const batch = [...listeners];
    try {
      const found = await loadStreamEvents(pool, batch, EVENTS_PER_POLL);
      batch.forEach((listener, index) => {
        handOrClose(listener, found[index] ?? []);
      });
      const more = batch.some(
        (listener, index) => found[index]?.length === EVENTS_PER_POLL && listener.stuckSinceMs === undefined,
      );
      return more ? 0 : pollMs;
    } catch (raw) {
      const error = toEcsError(raw);
      // In an outage listeners keep their places and lose nothing.
      if (isEcsError(error) && error.retryable) return OUTAGE_WAIT_MS;
      closeAll('failed', error);
      return 0;
    }
  }

  /** Gives why the listener must be closed, if it must. */
  function hand(listener: Listener, events: readonly Notification[]): CloseReason | undefined {
    for (const event of events) {
      if (!listeners.has(listener)) return undefined;
      if (!listener.onEvent(event)) return noteStuck(listener);
      listener.afterSequence = event.sequence;
      listener.stuckSinceMs = undefined;
    }
    return undefined;
  }

  function noteStuck(listener: Listener): CloseReason | undefined {
    listener.stuckSinceMs ??= performance.now();
    return performance.now() - listener.stuckSinceMs < patienceMs ? undefined : 'slow';
  }

  /** One broken or slow listener must not end the others. */
  function handOrClose(listener: Listener, events: readonly Notification[]): void {
    let reason: CloseReason | undefined;
    let failure: unknown;
    try {
      reason = hand(listener, events);
    } catch (error) {
      reason = 'failed';
      failure = error;
    }
    if (reason !== undefined) close(listener, reason, failure);
  }

  return {
    subscribe(customerId, afterSequence, onEvent, onClose) {
      const listener: Listener = { customerId, afterSequence, stuckSinceMs: undefined, onEvent, onClose };
      if (stopped) {
        onClose('stopped');
        return () => {};
      }
      listeners.add(listener);
      if (polling === undefined) polling = poll();
      else pulse.wake();
      return () => {
        listeners.delete(listener);
      };
    },
    size: () => listeners.size,
    wake: pulse.wake,
    async stop() {
      stopped = true;
      closeAll('stopped');
      pulse.wake();
      await polling;
    },
  };
}
