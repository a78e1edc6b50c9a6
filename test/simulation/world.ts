// What all simulated processes of one life share: the scheduler, the clock, the database, the broker, and the journals
// that the invariants are checked against. The journals stand outside the system: nothing in it reads them.
import type { AcceptedEvent } from '../../src/events/accepted-event.ts';
import type { EmotionEvent } from '../../src/events/emotion-event.ts';
import type { OutgoingEvent } from '../../src/events/outgoing-event.ts';
import type { InputTopic } from '../../src/events/topics.ts';
import type { LoadedScorecard } from '../../src/model/index.ts';
import type { Policies } from '../../src/policy/index.ts';
import { BEGIN_MS, PARTITIONS, type PlannedSend } from './plan.ts';
import { createScheduler, type Scheduler, type SimulatedProcess } from './scheduler.ts';
import { createSimulatedBroker, type SimulatedBroker } from './simulated-broker.ts';
import { createSimulatedDatabase, type SimulatedDatabase } from './simulated-database.ts';

/** An invariant that did not hold; `invariant` is its name. */
export interface Violation {
  readonly invariant: string;
  readonly message: string;
}

export interface Journals {
  /** What the broker took over from the producer. */
  readonly acked: PlannedSend[];
  /** Event id -> how often it entered a state in a transaction that committed. */
  readonly counted: Map<string, number>;
  /** Customer -> events in the emotional state that stands now. */
  readonly inState: Map<string, AcceptedEvent<EmotionEvent>[]>;
  /** Destination -> what arrived there, in order. */
  readonly arrived: Map<string, OutgoingEvent[]>;
  /** Customer -> the commit that last asked for a decision. */
  readonly asked: Map<string, number>;
  /** Customer -> the latest commit that a decision has seen. */
  readonly decidedAfter: Map<string, number>;
  /** Partition -> who took it over last. */
  readonly claimers: Map<string, SimulatedProcess>;
}

export interface World {
  readonly scheduler: Scheduler;
  readonly database: SimulatedDatabase;
  readonly broker: SimulatedBroker;
  readonly journals: Journals;
  readonly model: LoadedScorecard;
  readonly policies: Policies;
  readonly time: { nowMs: number };
  /** No fault any more: receivers answer. */
  calm: boolean;
  readonly violations: Violation[];
  makeId(): string;
  clockOf(process: SimulatedProcess): () => number;
  /** A loop of a process; what it throws is a violation. */
  run(process: SimulatedProcess, loop: () => Promise<void>): void;
}

export const TOPICS = ['ecs.emotions.v1', 'ecs.customers.v1', 'ecs.statements.v1'] as const satisfies InputTopic[];

export interface Rules {
  readonly model: LoadedScorecard;
  readonly policies: Policies;
}

export function createWorld(seed: number, { model, policies }: Rules): World {
  const scheduler = createScheduler(seed);
  const time = { nowMs: BEGIN_MS };
  const places = TOPICS.flatMap((topic) =>
    Array.from({ length: PARTITIONS }, (_, partition) => ({ topic, partition })),
  );
  const violations: Violation[] = [];
  let ids = 0;
  return {
    scheduler,
    database: createSimulatedDatabase(scheduler, () => time.nowMs),
    broker: createSimulatedBroker(places),
    journals: {
      ...{ acked: [], counted: new Map(), inState: new Map(), arrived: new Map() },
      ...{ asked: new Map(), decidedAfter: new Map(), claimers: new Map() },
    },
    model,
    policies,
    time,
    calm: false,
    violations,
    makeId: () => `00000000-0000-7000-8000-${(++ids).toString(16).padStart(12, '0')}`,
    clockOf: (process) => () => time.nowMs + process.skewMs,
    run(process, loop) {
      loop().catch((error: unknown) => {
        const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
        violations.push({
          invariant: 'no process meets an error that nobody foresaw',
          message: `${process.name}: ${message}`,
        });
      });
    },
  };
}

/** While there are faults, one answer in four does not come, or what it was about did not happen. */
export function loses(world: World): boolean {
  return !world.calm && world.scheduler.random() < 0.25;
}
