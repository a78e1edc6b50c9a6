// The lanes of each destination: a lane delivers round after round until nothing is due, and calls another lane when
// its round was full. A destination that hangs fills its own lanes only.

import { toEcsError } from '../db/index.ts';
import { isEcsError } from '../lib/errors.ts';
import { deliverRound, type Round, type RoundDeps } from './deliver-round.ts';
import { type DestinationKind, kindOf } from './delivery.ts';
import type { DestinationPauses, PauseRule } from './destination-pauses.ts';
import { killExpiredDeliveries } from './kill-deliveries.ts';

export interface KindRules {
  readonly lanes: number;
  /** Events of a round. */
  readonly batch: number;
  readonly pause: PauseRule;
}

export type RulesByKind = Readonly<Record<DestinationKind, KindRules>>;

export const KIND_RULES: RulesByKind = {
  kafka: { lanes: 2, batch: 500, pause: { failures: 1, firstMs: 250, maxMs: 10_000 } },
  webhook: { lanes: 2, batch: 16, pause: { failures: 5, firstMs: 1_000, maxMs: 60_000 } },
};

export interface DeliveryLanes {
  /** Adds a lane to a destination that has something due, unless it rests or has its lanes. */
  start(destination: string): void;
  /** Resolves when every lane has ended. */
  settle(): Promise<void>;
}

export function createDeliveryLanes(deps: RoundDeps, pauses: DestinationPauses, rules: RulesByKind): DeliveryLanes {
  const running = new Map<Promise<void>, string>();

  function lanesOf(destination: string): number {
    return [...running.values()].filter((name) => name === destination).length;
  }

  function lanesAllowed(destination: string): number {
    const state = pauses.stateOf(destination);
    if (deps.isStopping() || state === 'paused') return 0;
    return state === 'probing' ? 1 : rules[kindOf(destination)].lanes;
  }

  function start(destination: string): void {
    if (lanesOf(destination) >= lanesAllowed(destination)) return;
    // A bug in a lane stays an unhandled rejection: the process must end rather than deliver by halves.
    const lane = runLane(destination).finally(() => running.delete(lane));
    running.set(lane, destination);
  }

  async function runLane(destination: string): Promise<void> {
    try {
      while (await runRound(destination));
    } catch (raw) {
      const error = toEcsError(raw);
      if (!isEcsError(error) || !error.retryable) throw error;
      // What was claimed comes back when the claim runs out; the relay's next look starts the lane again.
      deps.log.warn({ destination, code: error.code }, 'the database is away, deliveries wait');
    }
  }

  /** Gives whether the lane should go on. */
  async function runRound(destination: string): Promise<boolean> {
    if (lanesAllowed(destination) === 0) return false;
    const probing = pauses.stateOf(destination) === 'probing';
    const limit = probing ? 1 : rules[kindOf(destination)].batch;
    const round = await deliverRound(deps, destination, limit);
    await noteHealth(destination, round);
    if (round.claimed === limit) start(destination);
    return round.claimed > 0;
  }

  async function noteHealth(destination: string, round: Round): Promise<void> {
    const change = pauses.record(destination, rules[kindOf(destination)].pause, round);
    if (change === 'paused') deps.log.warn({ destination }, 'a destination is in trouble and rests');
    if (change === 'recovered') deps.log.info({ destination }, 'a destination answers again');
    if (change !== 'exhausted' || kindOf(destination) === 'kafka') return;
    const expired = await deps.gate(() => killExpiredDeliveries(deps.pool, destination, deps.policy.giveUpAfterMs));
    if (expired > 0) deps.log.warn({ destination, expired }, 'events waited too long and became dead letters');
  }

  return {
    start,
    async settle() {
      while (running.size > 0) await Promise.allSettled(running.keys());
    },
  };
}
