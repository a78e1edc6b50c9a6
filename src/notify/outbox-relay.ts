// Takes events from the outbox to their destinations: at least once, in order per customer even with several relays.
// Nothing here is remembered that matters: all that is known about a delivery stands in its row.
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { toEcsError } from '../db/index.ts';
import { assert } from '../lib/assert.ts';
import type { Clock } from '../lib/clock.ts';
import { isEcsError } from '../lib/errors.ts';
import type { MakeId } from '../lib/ids.ts';
import type { Log } from '../lib/log.ts';
import { deliverRound, type Publishers, type RoundDeps } from './deliver-round.ts';
import { kindOf } from './delivery.ts';
import { createDeliveryLanes, KIND_RULES, type RulesByKind } from './delivery-lanes.ts';
import { createDestinationPauses } from './destination-pauses.ts';
import { createGate } from './gate.ts';
import { loadDueDestinations } from './load-due-destinations.ts';
import type { NotifyMetrics } from './notify-metrics.ts';
import { createPulse } from './pulse.ts';
import { type RetryPolicy, STANDARD_RETRY_POLICY } from './retry-policy.ts';

export interface RelayOptions {
  readonly pool: pg.Pool;
  /** A destination whose publisher is absent is left alone: another relay may have it. Stopping them is the owner's. */
  readonly publishers: Publishers;
  readonly clock: Clock;
  readonly random: () => number;
  readonly makeId: MakeId;
  readonly log: Log;
  readonly metrics?: NotifyMetrics | undefined;
  readonly retryPolicy?: RetryPolicy;
  readonly rules?: RulesByKind;
  /** The longest wait between two looks at the outbox; when something was found, the next look comes sooner. */
  readonly pollMs?: number;
  /** How long a relay that died holds up what it had claimed. */
  readonly leaseMs?: number;
  /** How long `stop` waits for sends under way before it ends them. */
  readonly stopGraceMs?: number;
}

export interface Relay {
  start(): void;
  /** Claims no more, lets what is under way end within a bound, and gives claims back. */
  stop(): Promise<void>;
  /** Looks at the outbox at once: something was committed. */
  wake(): void;
  /** Delivers all that is due now, without `start`; gives the number of events delivered. */
  drainOnce(): Promise<number>;
}

const POLL_MS = 200;
const POLL_MIN_MS = 50;
// However often it is woken, it looks no more often than this.
const LOOK_GAP_MS = 10;
const LEASE_MS = 30_000;
const LEASE_MAX_MS = 60_000;
const STOP_GRACE_MS = 5_000;
const OUTAGE_WAIT_MS = 1_000;
const DATABASE_WIDTH = 4;

export function createRelay(options: RelayOptions): Relay {
  const { pool, publishers, pollMs = POLL_MS, leaseMs = LEASE_MS, stopGraceMs = STOP_GRACE_MS } = options;
  assert(leaseMs <= LEASE_MAX_MS, 'a lease holds up a customer for at most a minute');
  const rules = options.rules ?? KIND_RULES;
  const pulse = createPulse();
  const ending = new AbortController();
  // Every delivery under way listens to it, and there may be many: no leak to warn about.
  setMaxListeners(0, ending.signal);
  let stopping = false;
  let loop: Promise<void> | undefined;

  const deps: RoundDeps = {
    pool,
    publishers,
    gate: createGate(DATABASE_WIDTH),
    random: options.random,
    makeId: options.makeId,
    log: options.log,
    metrics: options.metrics,
    policy: options.retryPolicy ?? STANDARD_RETRY_POLICY,
    leaseMs,
    isStopping: () => stopping,
    signal: ending.signal,
  };
  const pauses = createDestinationPauses(options.clock, options.random);
  const lanes = createDeliveryLanes(deps, pauses, rules);

  async function run(): Promise<void> {
    let waitMs = POLL_MIN_MS;
    while (!stopping) {
      waitMs = await look(waitMs);
      await pulse.wait(waitMs);
      await sleep(LOOK_GAP_MS);
    }
  }

  /** Starts lanes where something is due; gives the time to wait until the next look. */
  async function look(lastWaitMs: number): Promise<number> {
    try {
      const due = await findDue();
      for (const destination of due) lanes.start(destination);
      const busy = due.some((destination) => pauses.stateOf(destination) !== 'paused');
      return busy ? POLL_MIN_MS : Math.min(lastWaitMs * 2, pollMs);
    } catch (raw) {
      const error = toEcsError(raw);
      if (!isEcsError(error) || !error.retryable) throw error;
      return OUTAGE_WAIT_MS;
    }
  }

  async function findDue(): Promise<string[]> {
    const due = await deps.gate(() => loadDueDestinations(pool));
    return due.filter((destination) => publishers[kindOf(destination)] !== undefined);
  }

  async function drain(destination: string): Promise<number> {
    const kind = kindOf(destination);
    let delivered = 0;
    for (;;) {
      const round = await deliverRound(deps, destination, rules[kind].batch);
      delivered += round.delivered;
      // What failed at a webhook waits for its time; at Kafka it is due at once, so going on would never end.
      if (round.claimed === 0 || (kind === 'kafka' && round.failed > 0)) return delivered;
    }
  }

  return {
    start() {
      assert(loop === undefined, 'a relay starts once');
      loop = run();
    },
    async stop() {
      stopping = true;
      pulse.wake();
      const grace = setTimeout(() => ending.abort(), stopGraceMs);
      await loop;
      await lanes.settle();
      clearTimeout(grace);
    },
    wake: pulse.wake,
    async drainOnce() {
      const counts = await Promise.all((await findDue()).map(drain));
      return counts.reduce((sum, count) => sum + count, 0);
    },
  };
}
