// Tries again and again to take what was lost, with growing pauses, until it succeeds or is told to stop.
import { type EcsError, isEcsError } from '../../lib/errors.ts';
import { pause } from '../../lib/pause.ts';

export interface Retaker {
  start(): void;
  stop(): Promise<void>;
}

const PAUSE_MS = 250;
const PAUSE_MS_MAX = 5_000;

/** `onFailure` is told why the latest attempt failed; what is not operational trouble ends the attempts. */
export function createRetaker(take: () => Promise<void>, onFailure: (error: EcsError) => void): Retaker {
  let stopping = new AbortController();
  let running: Promise<void> | undefined;

  async function run(signal: AbortSignal): Promise<void> {
    for (let pauseMs = PAUSE_MS; !signal.aborted; pauseMs = Math.min(PAUSE_MS_MAX, pauseMs * 2)) {
      try {
        await take();
        return;
      } catch (error) {
        if (!isEcsError(error)) throw error;
        onFailure(error);
      }
      await pause(pauseMs, signal);
    }
  }

  return {
    start() {
      stopping = new AbortController();
      running = run(stopping.signal);
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
