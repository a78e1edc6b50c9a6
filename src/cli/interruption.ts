// Ctrl-C and a polite end from outside, as a signal that long work looks at: what is open is closed in order.
import { EcsError } from '../lib/errors.ts';

export interface Interruption {
  readonly signal: AbortSignal;
  /** Throws ECS_SHUTTING_DOWN once somebody wants an end. */
  check(): void;
  /** The process reacts to signals by itself again. */
  forget(): void;
}

export function catchInterruption(): Interruption {
  const controller = new AbortController();
  const onSignal = () => controller.abort();
  // Once: who asks a second time wants it at once, and gets it.
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    check: () => {
      if (controller.signal.aborted) throw new EcsError('ECS_SHUTTING_DOWN', 'Interrupted.');
    },
    forget: () => {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    },
  };
}
