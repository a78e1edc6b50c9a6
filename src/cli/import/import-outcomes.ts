// Imports a file of outcomes: every row becomes an event whose name follows from what it is about and when it was
// observed, so that the same row in next month's file is a repeat and not another report.
import type pg from 'pg';
import { createDeadLetters } from '../../ingest/index.ts';
import type { Clock } from '../../lib/clock.ts';
import { EcsError } from '../../lib/errors.ts';
import type { EventDoor } from '../event-door.ts';
import { createNamedEventBuilder, type SimulatedEvent } from '../simulate/simulated-event.ts';
import { lineError } from './load-card-ledger.ts';
import { loadOutcomesFile, type OutcomeLine } from './load-outcomes-file.ts';

export interface OutcomesOrder {
  readonly path: string;
  /** CloudEvents source of the reports. */
  readonly source: string;
}

export interface OutcomesDeps {
  readonly pool: pg.Pool;
  /** Called when the file was found to be good. */
  readonly openDoor: () => Promise<EventDoor>;
  readonly clock: Clock;
  /** Throws when somebody wants an end. */
  readonly check: () => void;
  readonly onProgress: (line: string) => void;
}

export interface OutcomesResult {
  readonly outcomes: number;
  readonly defaults: number;
  /** Events that could not be counted meanwhile. */
  readonly deadLetters: number;
}

const EVENTS_AT_ONCE = 2_000;

export async function importOutcomes(deps: OutcomesDeps, order: OutcomesOrder): Promise<OutcomesResult> {
  const nowMs = deps.clock();
  const checked = await checkFile(deps, order.path, nowMs);
  const deadBefore = await countDeadLetters(deps);
  const door = await deps.openDoor();
  try {
    await sendAll(deps, order, door, checked.outcomes, nowMs);
    await door.settle((left) => {
      deps.check();
      deps.onProgress(`counting: ${left} events left`);
    });
  } finally {
    await door.close();
  }
  return { ...checked, deadLetters: (await countDeadLetters(deps)) - deadBefore };
}

async function checkFile(deps: OutcomesDeps, path: string, nowMs: number) {
  const firstLines = new Map<string, number>();
  let defaults = 0;
  for await (const outcome of loadOutcomesFile(path, nowMs)) {
    deps.check();
    const key = `${outcome.customerId} ${nameOf(outcome)}`;
    const first = firstLines.get(key);
    if (first !== undefined) throw lineError(path, outcome.line, `says again what line ${first} is about`);
    firstLines.set(key, outcome.line);
    if (outcome.defaulted) defaults += 1;
  }
  if (firstLines.size === 0) throw new EcsError('ECS_FILE_INVALID', `${path} holds no rows`, { facts: { path } });
  return { outcomes: firstLines.size, defaults };
}

async function sendAll(
  deps: OutcomesDeps,
  { path, source }: OutcomesOrder,
  door: EventDoor,
  outcomes: number,
  nowMs: number,
): Promise<void> {
  let batch: SimulatedEvent[] = [];
  let sent = 0;
  const flush = async () => {
    deps.check();
    deps.onProgress(`sending to ${door.describe}: ${sent} of ${outcomes} outcomes`);
    await door.send(batch);
    sent += batch.length;
    batch = [];
  };
  for await (const outcome of loadOutcomesFile(path, nowMs)) {
    batch.push(toEvent(source, outcome));
    if (batch.length === EVENTS_AT_ONCE) await flush();
  }
  if (batch.length > 0) await flush();
}

function toEvent(source: string, outcome: OutcomeLine): SimulatedEvent {
  const { asOfMs, windowMonths, defaulted, observedAtMs } = outcome;
  return createNamedEventBuilder(source, outcome.customerId)('ecs.outcomes.v1', nameOf(outcome), observedAtMs, {
    asOf: new Date(asOfMs).toISOString(),
    windowMonths,
    defaulted,
    observedAt: new Date(observedAtMs).toISOString(),
  });
}

/** With another verdict on the same day the row is another content of the same report, which is refused. */
function nameOf({ asOfMs, windowMonths, observedAtMs }: OutcomeLine): string {
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  return `${day(asOfMs)}-${windowMonths}-${day(observedAtMs)}`;
}

async function countDeadLetters({ pool, clock }: OutcomesDeps): Promise<number> {
  const counts = await createDeadLetters(pool, clock).counts();
  return counts.reduce((sum, { topic, total }) => sum + (topic === 'ecs.outcomes.v1' ? total : 0), 0);
}
