// Rests a destination that is in trouble: after some failures in a row nothing is sent for a while, then one event
// tries the way. One answer that arrives ends the trouble. Each relay learns this for itself.
import type { Clock } from '../lib/clock.ts';

export interface PauseRule {
  readonly failures: number;
  readonly firstMs: number;
  readonly maxMs: number;
}

export interface RoundHealth {
  readonly delivered: number;
  /** Attempts that failed for a reason that lies in the destination as a whole. */
  readonly overloaded: number;
  readonly retryAfterMs?: number | undefined;
}

export type PauseState = 'open' | 'probing' | 'paused';

export interface DestinationPauses {
  stateOf(destination: string): PauseState;
  /** Takes in a round; gives what changed, or `exhausted` when the longest pause was not long enough. */
  record(destination: string, rule: PauseRule, round: RoundHealth): 'paused' | 'recovered' | 'exhausted' | undefined;
}

interface Trouble {
  readonly failures: number;
  readonly pauseMs: number;
  readonly untilMs: number;
}

export function createDestinationPauses(clock: Clock, random: () => number): DestinationPauses {
  const troubles = new Map<string, Trouble>();

  function stateOf(destination: string): PauseState {
    const trouble = troubles.get(destination);
    if (trouble === undefined || trouble.pauseMs === 0) return 'open';
    return clock() < trouble.untilMs ? 'paused' : 'probing';
  }

  return {
    stateOf,
    record(destination, rule, round) {
      const before = troubles.get(destination);
      if (round.delivered > 0) {
        troubles.delete(destination);
        return before !== undefined && before.pauseMs > 0 ? 'recovered' : undefined;
      }
      // Lanes that fail while the destination already rests tell nothing new.
      if (round.overloaded === 0 || stateOf(destination) === 'paused') return undefined;
      const failures = (before?.failures ?? 0) + round.overloaded;
      const pauseMs = failures < rule.failures ? 0 : longer(before?.pauseMs ?? 0, rule);
      const waitMs = Math.max(pauseMs * (0.8 + 0.4 * random()), Math.min(round.retryAfterMs ?? 0, rule.maxMs));
      troubles.set(destination, { failures, pauseMs, untilMs: clock() + Math.round(waitMs) });
      if (pauseMs === 0) return undefined;
      if (before !== undefined && before.pauseMs === rule.maxMs) return 'exhausted';
      return before === undefined || before.pauseMs === 0 ? 'paused' : undefined;
    },
  };
}

function longer(pauseMs: number, rule: PauseRule): number {
  return pauseMs === 0 ? rule.firstMs : Math.min(pauseMs * 2, rule.maxMs);
}
