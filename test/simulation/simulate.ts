// One life from its plan: starts every process, lets the seed choose each next step, strikes with the planned faults, and
// when all is over and at rest checks what must hold. The same plan gives the same life, step for step.
import { MINUTE_MS } from '../../src/lib/clock.ts';
import { startProducer } from './callers.ts';
import { watchCommits } from './check-commits.ts';
import { checkEnd } from './check-end.ts';
import { createFaultInjector, type FaultCounts } from './inject-faults.ts';
import { BEGIN_MS, CUSTOMERS, type Plan } from './plan.ts';
import { SUM_COLUMNS } from './statements/affect-statements.ts';
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
  letIn(world);
  watchCommits(world);
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

/** Customers are known and have an account; the steady ones have consented long ago. */
function letIn({ database }: World): void {
  const { committed } = database;
  for (const { customerId: customer_id, jurisdiction, steady } of CUSTOMERS) {
    committed.insert('customers', { customer_id, currency: 'EUR', jurisdiction, declared_income_minor: 300_000 });
    committed.insert('credit_accounts', {
      ...{ customer_id, limit_minor: null, financial_limit_minor: null, limit_changed_at: null },
      ...{ last_increase_at: null, last_decrease_at: null, decision_sequence: 0, event_sequence: 0 },
      ...{ chain_link: null, frozen_at: null },
    });
    if (!steady) continue;
    const word = { customer_id, purpose: 'emotions', granted: true, changed_at: new Date(BEGIN_MS - 365 * 86_400_000) };
    committed.insert('consents', word);
    committed.insert('consent_changes', word);
    committed.insert('emotional_states', {
      ...{ customer_id, purpose: 'emotions', consented_from: word.changed_at, landmark_day: 0, readings: 0 },
      ...{ last_event_at: null, decided_valence_3: null, decided_stress_3: null },
      sums: Object.fromEntries(SUM_COLUMNS.map((column) => [column, 0])),
    });
  }
}
