// Keeps a member of the consumer group alive while it works or waits.
import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchControl } from '../../events/kafka-group-consumer.ts';

const BEAT_MS = 1_000;

/** Work that cannot be left half done goes on even when the membership is lost; the caller's next heartbeat says so. */
export async function beatWhile<T>(work: Promise<T>, control: BatchControl): Promise<T> {
  const beat = setInterval(() => {
    control.heartbeat().catch(() => {
      // Told again by the heartbeat that follows the work.
    });
  }, BEAT_MS);
  try {
    return await work;
  } finally {
    clearInterval(beat);
  }
}

/** Waits for something that goes on by itself; rejects as soon as the group has moved on without us. */
export async function beatUntil(ready: Promise<void>, control: BatchControl): Promise<void> {
  const done = ready.then(() => true);
  const stopped = new AbortController();
  try {
    while (!(await Promise.race([done, sleep(BEAT_MS, false, { signal: stopped.signal })]))) await control.heartbeat();
  } finally {
    stopped.abort();
  }
}
