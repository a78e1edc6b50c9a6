// A wait that its owner can cut short by an abort signal; every loop that looks again after a while waits like this.
import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves after `ms`, or at once when the signal is aborted: the caller looks at the signal itself. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await sleep(ms, undefined, { signal }).catch(() => {
    // Aborting ends the pause.
  });
}
