// Decides everybody who waits, in this process: for imports where no ECS is running.
import { createDecisionWorker } from '../../decision/index.ts';
import { SECOND_MS, systemClock } from '../../lib/clock.ts';
import type { System } from '../../open-system.ts';

export interface DecidedQueue {
  readonly decisions: number;
  readonly decidingSeconds: number;
}

export interface DecideHooks {
  /** Throws when somebody wants an end. */
  readonly check: () => void;
  readonly onProgress: (line: string) => void;
}

export async function decideQueued(system: System, { check, onProgress }: DecideHooks): Promise<DecidedQueue> {
  const { pool, log } = system;
  const startedMs = systemClock();
  let decisions = 0;
  const decideMany: System['decider']['decideMany'] = async (customers) => {
    check();
    const decided = await system.decider.decideMany(customers);
    decisions += decided;
    onProgress(`deciding: ${decisions} customers`);
    return decided;
  };
  await createDecisionWorker({ pool, decider: { decideMany }, clock: systemClock, log }).drain();
  return { decisions, decidingSeconds: (systemClock() - startedMs) / SECOND_MS };
}
