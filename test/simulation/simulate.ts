// One life from its plan: starts every process, lets the seed choose each next step, strikes with the planned faults, and
// when all is over and at rest checks what must hold. The same plan gives the same life, step for step.
//
// Real, imported and run unchanged: parsing and checking of events, sifting, fingerprints, `createIngest` with its one
// transaction, the emotion and consent handlers, `inTransaction`, the topic relay, the decision worker and the decider with
// score, policy, no-harm and freeze, the outbox relay with its rounds and retry plan, the shipped model and policies.
// Modelled: what each SQL statement does to rows (statements/; it follows the text in what it locks and compares), the broker
// and its group, the loop that reads a partition, the ledger's handler of statements, receivers, producers and officers. A
// statement takes all its row locks at once, so a deadlock between the rows of two statements cannot show; retries that wait
// by the real clock (`retryDatabase`) are not provoked; times of leases count by the simulated clock alone.
import { MINUTE_MS } from '../../src/lib/clock.ts';
import { startProducer } from './callers.ts';
import { watchCommits } from './check-commits.ts';
import { checkEnd } from './check-end.ts';
import { createFaultInjector, type FaultCounts } from './inject-faults.ts';
import { letIn } from './let-in.ts';
import type { Plan } from './plan.ts';
import { createWorld, type Rules, type Violation, type World } from './world.ts';

export interface Life {
  /** The first invariant that broke; null where all held. */
  readonly violation: Violation | null;
  readonly steps: number;
  readonly events: number;
  readonly decisions: number;
  readonly faults: FaultCounts;
  readonly trace: readonly string[];
}

const STEPS_MAX = 30_000;
const STEP_MS_MAX = 50;

export async function simulate(plan: Plan, rules: Rules): Promise<Life> {
  const world = createWorld(plan.seed, rules);
  watchCommits(world);
  await letIn(world, plan);
  const injector = createFaultInjector(world, plan);
  startProducer(world, plan.sends);
  const steps = await live(world, injector);
  if (world.violations.length === 0) checkEnd(world);
  return {
    violation: world.violations[0] ?? null,
    steps,
    events: world.journals.acked.length,
    decisions: world.database.committed.rows('decisions').length,
    faults: injector.counts,
    trace: world.scheduler.trace,
  };
}

async function live(world: World, injector: ReturnType<typeof createFaultInjector>): Promise<number> {
  const { scheduler, time, violations } = world;
  for (let step = 0; ; step++) {
    if (violations.length > 0) return step;
    if (step > STEPS_MAX) {
      violations.push({
        invariant: 'after the faults everything drains',
        message: `still going on after ${step} steps`,
      });
      return step;
    }
    injector.strike(step);
    if (await scheduler.takeStep()) {
      time.nowMs += Math.floor(scheduler.random() * STEP_MS_MAX);
      continue;
    }
    if (violations.length > 0 || injector.hurry(step)) continue;
    const wakeMs = nextWakeMs(world);
    if (wakeMs === null) return step;
    time.nowMs = Math.max(time.nowMs, wakeMs);
  }
}

/** Nobody can go on now: when is something due next? */
function nextWakeMs({ database, time }: World): number | null {
  const { committed } = database;
  const queued = committed.rows('decision_queue').map((row) => row.not_before.getTime() + MINUTE_MS);
  const pending = committed.rows('deliveries').filter((row) => row.state === 'pending');
  const deliveries = pending.map((row) => Math.max(row.nextAttemptMs, row.claimedUntilMs ?? 0));
  const later = [...queued, ...deliveries].filter((ms) => ms > time.nowMs);
  return later.length === 0 ? null : Math.min(...later);
}
