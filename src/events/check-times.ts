// Is the event's time possible, and not too late to be told from its copies? Measured from when the event was accepted,
// never from now, so that reading a log again gives the same answer.
import { DAY_MS, MINUTE_MS } from '../lib/clock.ts';
import type { DeadLetterCode } from './accepted-event.ts';
import type { InputEvent } from './check-event.ts';
import { parseInstant } from './parse-instant.ts';

/** Clocks differ; more than this ahead is a mistake. */
export const FUTURE_MS_MAX = 5 * MINUTE_MS;

export interface TimeProblem {
  readonly code: Extract<DeadLetterCode, 'time_in_future' | 'too_late'>;
  readonly field: string;
  readonly message: string;
}

/** Emotions and thoughts are deduplicated inside their hour for as long as the horizon reaches; money is by its key. */
export function hasHorizon(type: InputEvent['type']): boolean {
  return type === 'ecs.emotion.v1' || type === 'ecs.thought.v1';
}

export function checkTimes(
  event: InputEvent,
  timeMs: number,
  acceptedAtMs: number,
  horizonMs: number,
): TimeProblem | null {
  if (timeMs > acceptedAtMs + FUTURE_MS_MAX) return inFuture('time');
  if (event.type === 'ecs.statement.v1' && parseInstant(event.data.closedAt) > acceptedAtMs + FUTURE_MS_MAX) {
    return inFuture('data.closedAt');
  }
  if (event.type === 'ecs.outcome.v1' && parseInstant(event.data.observedAt) > acceptedAtMs + FUTURE_MS_MAX) {
    return inFuture('data.observedAt');
  }
  return hasHorizon(event.type) && timeMs < acceptedAtMs - horizonMs ? tooLate(horizonMs) : null;
}

function inFuture(field: string): TimeProblem {
  const message = `is more than ${FUTURE_MS_MAX / MINUTE_MS} minutes after the event was accepted`;
  return { code: 'time_in_future', field, message };
}

export function tooLate(horizonMs: number): TimeProblem {
  const days = horizonMs / DAY_MS;
  return { code: 'too_late', field: 'time', message: `is more than ${days} days before the event was accepted` };
}
