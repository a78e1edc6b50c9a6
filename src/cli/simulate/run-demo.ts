// Lets the invented people of the demonstration arrive and live on, and shows the decisions about them as they are made.
import { toEcsError } from '../../db/index.ts';
import { type DecisionView, listDecisions } from '../../decision/index.ts';
import { systemClock } from '../../lib/clock.ts';
import { type EcsError, isEcsError } from '../../lib/errors.ts';
import { makeId } from '../../lib/ids.ts';
import { pause } from '../../lib/pause.ts';
import type { RunningSystem } from '../../main.ts';
import type { System } from '../../open-system.ts';
import { describeDecision } from '../commands/decide.ts';
import type { EventDoor } from '../event-door.ts';
import { createKafkaDoor } from '../kafka-door.ts';
import { formatMoney, paint, type Terminal } from '../terminal.ts';
import { DEMO_PEOPLE, welcomeDemoPeople } from './demo-people.ts';
import { createLiving } from './population.ts';

export interface DemoOptions {
  readonly terminal: Terminal;
  readonly system: System;
  readonly running: RunningSystem;
  readonly onError: (error: EcsError) => void;
  /** Settles when the demonstration should come to its end, even while people arrive. */
  readonly ended: Promise<void>;
}

export interface Demo {
  stop(): Promise<void>;
}

const EVENTS_PER_SECOND = 4;
const LOOK_MS = 500;

export async function runDemo(options: DemoOptions): Promise<Demo> {
  const { terminal, system } = options;
  const startedMs = systemClock();
  terminal.out(
    `  ${paint(terminal, 'dim', 'people   ')} ${DEMO_PEOPLE.people} people, all of them ${paint(terminal, 'yellow', 'invented')}, with half a year of history`,
  );
  const door = openDoor(options);
  const living = await welcomeDemoPeople({
    pool: system.pool,
    decider: system.decider,
    clock: systemClock,
    makeId,
    send: door.send,
    settle: () => door.settle((left) => terminal.progress(`${left} events still to be counted`)),
  });
  const life = createLiving({
    living,
    eventsPerSecond: EVENTS_PER_SECOND,
    seed: DEMO_PEOPLE.seed,
    clock: systemClock,
    // What an outage swallows is not made up for: these people are invented. Should it not pass, ECS ends by name.
    send: (events) => door.send(events).catch(throwUnlessPassing),
    onError: (error) => options.onError(error as EcsError),
  });
  life.start();
  terminal.out(
    `  ${paint(terminal, 'dim', 'ready    ')} ${EVENTS_PER_SECOND} events a second; Ctrl-C stops, data is kept\n`,
  );
  const watch = watchDecisions(options, startedMs);
  return {
    stop: async () => {
      await life.stop();
      await watch.stop();
      await door.close();
    },
  };
}

/** The process's own way in; over Kafka what is sent is not counted yet, so a door that can tell. */
function openDoor({ system, running }: DemoOptions): EventDoor {
  const { config, pool } = system;
  if (config.kafka !== null) return createKafkaDoor({ kafka: config.kafka, pool, clock: systemClock });
  const nothing = async () => {};
  return { describe: 'this process', send: running.submit, settle: nothing, close: nothing };
}

/** The next look sees what this one could not. */
function throwUnlessPassing(raw: unknown): void {
  const error = toEcsError(raw);
  if (!isEcsError(error) || !error.retryable) throw error;
}

/** Prints what was decided since, oldest first: the first decision whole, the others a line each. */
function watchDecisions({ terminal, system, onError }: DemoOptions, sinceMs: number) {
  const shown = new Set<string>();
  const stopping = new AbortController();
  const look = async () => {
    const page = await listDecisions(system.pool, { fromMs: sinceMs, limit: 50 });
    const fresh = page.items.filter((decision) => !shown.has(decision.decisionId) && decision.trigger !== 'import');
    for (const decision of fresh.reverse()) {
      terminal.out(shown.size === 0 ? `${describeDecision(decision)}\n` : decisionLine(terminal, decision));
      shown.add(decision.decisionId);
    }
  };
  const loop = async () => {
    while (!stopping.signal.aborted) {
      await look().catch(throwUnlessPassing);
      await pause(LOOK_MS, stopping.signal);
    }
  };
  const running = loop().catch((error: EcsError) => onError(error));
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

const COLOURS = {
  increase: 'green',
  approve: 'green',
  decrease: 'yellow',
  decline: 'red',
  review: 'cyan',
  keep: 'dim',
} as const;

function decisionLine(terminal: Terminal, decision: DecisionView): string {
  const outcome = paint(terminal, COLOURS[decision.outcome], decision.outcome.padEnd(8));
  const before = decision.previousLimitMinor;
  const now = formatMoney(decision.limitMinor, decision.currency);
  const limit =
    before === null || before === decision.limitMinor ? now : `${formatMoney(before, decision.currency)} -> ${now}`;
  const reason = decision.reasons[0]?.code ?? '';
  return `${decision.decidedAt.slice(11, 19)}  ${decision.customerId.padEnd(12)} ${outcome} ${limit}  ${paint(terminal, 'dim', reason)}`;
}
